package io.mesocosm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {
  private final BlockingQueue<String> performed = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> crashes = new LinkedBlockingQueue<>();
  private final Core<String, String> core =
      (command, now) -> {
        if (command.equals("break")) {
          throw new IllegalStateException("a rule was broken");
        }
        return List.of(command + "-a", command + "-b@" + now.getEpochSecond());
      };
  private final EventLoop<String, String> loop =
      new EventLoop<>(
          "test",
          core,
          InstantSource.fixed(Instant.ofEpochSecond(9)),
          16,
          performed::add,
          () -> {},
          crashes::add);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void effectsArePerformedInOrderWithTheClocksTime() throws Exception {
    loop.start();
    loop.post("one");
    loop.post("two");
    assertThat(List.of(take(), take(), take(), take()))
        .containsExactly("one-a", "one-b@9", "two-a", "two-b@9");
  }

  @Test
  void aBrokenInvariantStopsTheLoopAndIsReported() throws Exception {
    loop.start();
    loop.post("break");
    assertThat(crashes.poll(10, TimeUnit.SECONDS)).hasMessage("a rule was broken");
    assertThat(loop.offer("more")).isFalse();
  }

  @Test
  void aFullMailboxRefusesRatherThanGrows() {
    for (int i = 0; i < 16; i++) {
      assertThat(loop.offer("waiting")).isTrue();
    }
    assertThat(loop.offer("too many")).isFalse();
    assertThat(loop.depth()).isEqualTo(16);
  }

  private String take() throws InterruptedException {
    return java.util.Objects.requireNonNull(performed.poll(10, TimeUnit.SECONDS));
  }
}

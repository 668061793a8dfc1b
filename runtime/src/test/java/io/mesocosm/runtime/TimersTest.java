package io.mesocosm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimersTest {
  private final InstantSource clock = InstantSource.system();
  private final Timers<String> timers = new Timers<>("test", clock);
  private final BlockingQueue<String> fired = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    timers.close();
  }

  @Test
  void aTimerThatIsDueFiresOnce() throws InterruptedException {
    timers.set("a", clock.instant(), () -> fired.add("a"));
    timers.set("z", clock.instant().plusMillis(50), () -> fired.add("z"));
    assertThat(fired.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
    assertThat(fired.poll(10, TimeUnit.SECONDS)).isEqualTo("z");
    assertThat(fired).isEmpty();
  }

  @Test
  void settingAKeyAnewReplacesItsTimerAndCancellingEndsIt() throws InterruptedException {
    timers.set("a", clock.instant().plus(Duration.ofHours(1)), () -> fired.add("late"));
    timers.set("a", clock.instant(), () -> fired.add("early"));
    timers.set("b", clock.instant().plusMillis(50), () -> fired.add("cancelled"));
    timers.cancel("b");
    timers.set("c", clock.instant().plusMillis(100), () -> fired.add("end"));
    assertThat(fired.poll(10, TimeUnit.SECONDS)).isEqualTo("early");
    assertThat(fired.poll(10, TimeUnit.SECONDS)).isEqualTo("end");
  }

  @Test
  void aTimerMaySetItselfAnew() throws InterruptedException {
    timers.set(
        "a", clock.instant(), () -> timers.set("a", clock.instant(), () -> fired.add("again")));
    assertThat(fired.poll(10, TimeUnit.SECONDS)).isEqualTo("again");
  }
}

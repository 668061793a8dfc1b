package io.mesocosm.master.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryWritersTest {
  private final RegistryWriters writers = new RegistryWriters();
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> interrupted = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    writers.close();
  }

  /** Begins a write that ends when the latch is counted down. */
  private CountDownLatch write(String name, String key) {
    CountDownLatch end = new CountDownLatch(1);
    writers.write(
        key.isEmpty() ? Optional.empty() : Optional.of(key),
        () -> {
          begun.add(name);
          try {
            end.await();
          } catch (InterruptedException e) {
            interrupted.add(e);
          }
        });
    return end;
  }

  private String next() throws InterruptedException {
    return String.valueOf(begun.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void writesOfDifferentKeysAreUnderWayTogether() throws InterruptedException {
    write("1", "a");
    write("2", "b");
    assertThat(new String[] {next(), next()}).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void writesOfOneKeyFollowEachOther() throws InterruptedException {
    CountDownLatch first = write("1", "a");
    write("2", "a");
    assertThat(next()).isEqualTo("1");
    assertThat(begun).isEmpty();

    first.countDown();

    assertThat(next()).isEqualTo("2");
  }

  @Test
  void writeWithoutAKeyComesAfterAllBeforeItAndBeforeAllAfterIt() throws InterruptedException {
    CountDownLatch first = write("1", "a");
    CountDownLatch second = write("2", "b");
    CountDownLatch alone = write("alone", "");
    write("3", "c");
    assertThat(new String[] {next(), next()}).containsExactlyInAnyOrder("1", "2");
    first.countDown();
    assertThat(begun).isEmpty();

    second.countDown();
    assertThat(next()).isEqualTo("alone");
    assertThat(begun).isEmpty();

    alone.countDown();
    assertThat(next()).isEqualTo("3");
  }

  @Test
  void soManyAreUnderWayAndNoMore() throws InterruptedException {
    CountDownLatch first = write("first", "first");
    assertThat(next()).isEqualTo("first");
    for (int i = 1; i < RegistryWriters.UNDER_WAY_MAX; i++) {
      write("write", "key" + i);
    }
    for (int i = 1; i < RegistryWriters.UNDER_WAY_MAX; i++) {
      assertThat(next()).isEqualTo("write");
    }
    write("last", "last");
    assertThat(begun).isEmpty();

    first.countDown();

    assertThat(next()).isEqualTo("last");
  }

  @Test
  void writeThatThrowsHoldsNothingUp() throws InterruptedException {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> interrupted.add(e));
    try {
      writers.write(
          Optional.empty(),
          () -> {
            throw new IllegalStateException("a record is odd");
          });
      write("next", "");
      assertThat(next()).isEqualTo("next");
      assertThat(interrupted.poll(10, TimeUnit.SECONDS)).hasMessage("a record is odd");
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void closingInterruptsWhatIsUnderWayAndBeginsNothingMore() throws InterruptedException {
    write("1", "a");
    write("2", "a");
    assertThat(next()).isEqualTo("1");

    writers.close();

    assertThat(interrupted.poll(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    writers.write(Optional.empty(), () -> begun.add("3"));
    assertThat(begun).isEmpty();
  }
}

package io.mesocosm.bench.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A count looked at every half second, on a thread of its own, until closed. */
final class Timeline implements AutoCloseable {
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int SHOWN_MAX = 30;
  private static final double PER_SECOND = 2;

  private final List<Long> counts = new ArrayList<>();
  private final Thread thread;

  /**
   * @param count asked on the thread of the timeline
   */
  Timeline(LongSupplier count) {
    thread = Thread.ofPlatform().name("timeline").daemon().start(() -> run(count));
  }

  private void run(LongSupplier count) {
    long due = System.nanoTime();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        counts.add(count.getAsLong());
        due += APART_NANOS;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Of a timeline that is closed. */
  @Override
  public String toString() {
    int apart = Math.max(1, (counts.size() + SHOWN_MAX - 1) / SHOWN_MAX);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < counts.size(); i += apart) {
      text.append(String.format("%s%.1f:%d", i == 0 ? "" : " ", i / PER_SECOND, counts.get(i)));
    }
    return text.toString();
  }
}

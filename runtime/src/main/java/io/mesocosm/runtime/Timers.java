package io.mesocosm.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Timers by key, for shells that carry out a core's "set a timer" effects. Setting a key anew
 * replaces its timer. Runs its tasks on one thread of its own: they only post commands.
 * Thread-safe.
 *
 * @param <K> a value with equals and hashCode
 */
public final class Timers<K> implements AutoCloseable {
  private final InstantSource clock;
  private final ScheduledThreadPoolExecutor executor;
  // Event loop (sets, cancels) and timer thread (fires) meet here.
  private final Map<K, ScheduledFuture<?>> pendingByKey = new ConcurrentHashMap<>();

  public Timers(String name, InstantSource clock) {
    this.clock = clock;
    this.executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name(name).daemon().factory());
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Runs {@code task} at {@code at}, or at once if that has passed; replaces the key's earlier
   * timer.
   */
  public void set(K key, Instant at, Runnable task) {
    long delayNanos = Math.max(0, Duration.between(clock.instant(), at).toNanos());
    // One at a time for a key: a timer that is due at once may fire before it is noted.
    pendingByKey.compute(
        key,
        (_, earlier) -> {
          if (earlier != null) {
            earlier.cancel(false);
          }
          return executor.schedule(() -> fire(key, task), delayNanos, TimeUnit.NANOSECONDS);
        });
  }

  private void fire(K key, Runnable task) {
    // Noted no more before it runs, for the task may set the key anew; a successor that is not due
    // yet stays.
    ScheduledFuture<?> noted = pendingByKey.get(key);
    if (noted != null && noted.getDelay(TimeUnit.NANOSECONDS) <= 0) {
      pendingByKey.remove(key, noted);
    }
    task.run();
  }

  public void cancel(K key) {
    ScheduledFuture<?> pending = pendingByKey.remove(key);
    if (pending != null) {
      pending.cancel(false);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}

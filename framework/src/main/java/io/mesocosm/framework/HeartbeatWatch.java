package io.mesocosm.framework;

import io.mesocosm.http.RecordStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ends a stream on which nothing was heard for five heartbeats (S27). One reader reports, a thread
 * of its own watches; they meet under a lock.
 */
final class HeartbeatWatch implements AutoCloseable {
  private static final int MISSED_MAX = 5;

  private final RecordStream stream;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long heardAtNanos = System.nanoTime();
  private long silenceMaxNanos;
  private boolean paused;
  private boolean expired;
  private boolean closed;

  private HeartbeatWatch(RecordStream stream, Duration firstSilenceMax) {
    this.stream = stream;
    this.silenceMaxNanos = firstSilenceMax.toNanos();
  }

  /**
   * @param firstSilenceMax until the interval is known
   */
  static HeartbeatWatch start(RecordStream stream, Duration firstSilenceMax) {
    HeartbeatWatch watch = new HeartbeatWatch(stream, firstSilenceMax);
    Thread.ofVirtual().name("heartbeat-watch").start(watch::watch);
    return watch;
  }

  /** The reader listens again: silence counts from now. */
  void listening() {
    update(() -> {
      heardAtNanos = System.nanoTime();
      paused = false;
    });
  }

  /** The reader is busy with what it heard, so that silence says nothing about the master. */
  void busy() {
    update(() -> paused = true);
  }

  void expectEvery(Duration interval) {
    if (interval.isPositive()) {
      update(() -> silenceMaxNanos = interval.multipliedBy(MISSED_MAX).toNanos());
    }
  }

  /** Why the watch ended the stream, if it did. */
  Optional<String> verdict() {
    lock.lock();
    try {
      return expired
          ? Optional.of(
              "nothing was heard of the master for "
                  + TimeUnit.NANOSECONDS.toMillis(silenceMaxNanos)
                  + " ms")
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    update(() -> closed = true);
  }

  private void update(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    lock.lock();
    try {
      while (!closed && !expired) {
        long left = silenceMaxNanos - (System.nanoTime() - heardAtNanos);
        if (paused) {
          changed.await();
        } else if (left > 0) {
          // How much was left does not matter: the loop looks at the clock again.
          left = changed.awaitNanos(left);
        } else {
          expired = true;
        }
      }
      if (closed) {
        return;
      }
    } catch (InterruptedException e) {
      // Nobody has this thread to interrupt it but the end of the process.
      Thread.currentThread().interrupt();
      return;
    } finally {
      lock.unlock();
    }
    stream.close();
  }
}

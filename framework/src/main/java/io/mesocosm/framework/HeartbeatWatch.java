package io.mesocosm.framework;

import io.mesocosm.http.RecordStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a stream on which nothing was heard for five heartbeats (S27). One reader reports, a thread
 * of its own watches.
 */
final class HeartbeatWatch implements AutoCloseable {
  private static final int MISSED_MAX = 5;

  /** Until SUBSCRIBED tells the interval. */
  private static final Duration FIRST_SILENCE_MAX = Duration.ofSeconds(75);

  private final RecordStream stream;
  private final Thread thread;
  // Written by the reader, read by the watching thread.
  private volatile long heardAtNanos = System.nanoTime();
  private volatile long silenceMaxNanos = FIRST_SILENCE_MAX.toNanos();
  private volatile boolean closed;

  HeartbeatWatch(RecordStream stream) {
    this.stream = stream;
    this.thread = Thread.ofVirtual().name("heartbeat-watch").start(this::watch);
  }

  void heard() {
    heardAtNanos = System.nanoTime();
  }

  void expectEvery(Duration interval) {
    silenceMaxNanos = Math.max(1_000_000, interval.toNanos() * MISSED_MAX);
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!closed) {
      long left = silenceMaxNanos - (System.nanoTime() - heardAtNanos);
      if (left <= 0) {
        stream.close();
        return;
      }
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}

package io.mesocosm.framework;

import static java.lang.System.Logger.Level.ERROR;

import io.mesocosm.http.RecordStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What a client and its subscribing thread share: the stream that is open, and the one lock under
 * which all that use the client meet. Thread-safe.
 */
final class Link {
  private static final System.Logger LOG = System.getLogger(Link.class.getName());

  /** Opens a stream; may block, and is interrupted when nobody wants the stream any more. */
  @FunctionalInterface
  interface Opening {
    RecordStream open() throws IOException, InterruptedException;
  }

  private final Thread subscriber;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Optional<RecordStream> stream = Optional.empty();
  private boolean connecting;
  private boolean nudged;
  private boolean closed;

  /**
   * @param subscribing what the client does until it is closed
   */
  Link(String threadName, Runnable subscribing) {
    this.subscriber = Thread.ofVirtual().name(threadName).unstarted(subscribing);
  }

  void start() {
    subscriber.start();
  }

  <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    return locked(() -> closed);
  }

  /** From now on the link is closed, which ends waits; the stream is left for {@link #hangUp}. */
  void close() {
    locked(() -> {
      closed = true;
      changed.signalAll();
      return closed;
    });
  }

  /** Ends the stream, or the try to open one. */
  void hangUp() {
    breakOff(_ -> true);
  }

  /**
   * Ends the try to open a stream, and the stream if it is one of those, and lets no wait last any
   * longer.
   */
  void breakOff(Predicate<RecordStream> isObsolete) {
    locked(
            () -> {
              nudged = true;
              changed.signalAll();
              if (connecting) {
                subscriber.interrupt();
              }
              return stream.filter(isObsolete);
            })
        .ifPresent(RecordStream::close);
  }

  /**
   * Opens a stream, to be known to those who end it. On the subscribing thread.
   *
   * @param prepared runs under the lock before it begins, e.g. to settle what is asked for
   */
  <T> RecordStream open(Supplier<T> prepared, java.util.function.Function<T, Opening> opening)
      throws IOException, InterruptedException {
    Opening next =
        locked(() -> {
          T settled = prepared.get();
          connecting = !closed;
          nudged = false;
          return opening.apply(settled);
        });
    Optional<RecordStream> opened = Optional.empty();
    try {
      opened = Optional.of(next.open());
      return opened.get();
    } finally {
      Optional<RecordStream> known = opened;
      boolean late =
          locked(() -> {
            connecting = false;
            stream = known;
            // An interrupt that came too late to end this must not end what comes next.
            return Thread.interrupted() || closed;
          });
      if (late) {
        known.ifPresent(RecordStream::close);
      }
    }
  }

  /** The stream has ended. */
  void forget() {
    locked(() -> stream = Optional.empty());
  }

  /** Waits, unless it is broken off; true if the link was closed before or meanwhile. */
  boolean closedWithin(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!closed && !nudged && left > 0) {
        left = changed.awaitNanos(left);
      }
      return closed;
    } catch (InterruptedException e) {
      LOG.log(ERROR, "a client ends, for somebody has interrupted its thread", e);
      closed = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Tells a listener; one that fails loses what it failed on, and nothing else. */
  void tell(String listener, Runnable telling) {
    if (isClosed()) {
      return;
    }
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.log(ERROR, "the listener of " + listener + " failed", e);
    }
  }
}

package io.mesocosm.master.shell;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Carries out writes of the registry, many at once where their order does not matter. A write that
 * has a key may be under way together with those of other keys, and comes after the earlier ones of
 * its own; one without a key comes after all that were asked for before it, and before all that are
 * asked for after it.
 *
 * <p>Thread-safe. Writes are carried out by threads of its own.
 */
final class RegistryWriters implements AutoCloseable {
  /** Enough to fill the way to a quorum and back, and few enough to stop for soon. */
  static final int UNDER_WAY_MAX = 256;

  private record Write(Optional<String> key, Runnable deed) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Write> waiting = new ArrayDeque<>();
  private final Set<String> keysUnderWay = new HashSet<>();
  private int underWay;
  private boolean alone;
  private boolean closed;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("master-registry-", 0).factory());

  /** Returns at once. After {@link #close} nothing happens any more. */
  void write(Optional<String> key, Runnable deed) {
    lock.lock();
    try {
      waiting.add(new Write(key, deed));
      begin();
    } finally {
      lock.unlock();
    }
  }

  /** Begins with the first ones that wait, for as long as those may begin. Under the lock. */
  private void begin() {
    while (!closed && !waiting.isEmpty() && mayBegin(waiting.element())) {
      Write next = waiting.remove();
      underWay++;
      alone = next.key().isEmpty();
      next.key().ifPresent(keysUnderWay::add);
      threads.execute(() -> carryOut(next));
    }
  }

  private boolean mayBegin(Write next) {
    return next.key().isPresent()
        ? !alone && underWay < UNDER_WAY_MAX && !keysUnderWay.contains(next.key().get())
        : underWay == 0;
  }

  private void carryOut(Write write) {
    try {
      write.deed().run();
    } finally {
      lock.lock();
      try {
        underWay--;
        alone = false;
        write.key().ifPresent(keysUnderWay::remove);
        begin();
      } finally {
        lock.unlock();
      }
    }
  }

  /** What is under way is interrupted, what waits is never begun. Does not wait for either. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      threads.shutdownNow();
    } finally {
      lock.unlock();
    }
  }
}

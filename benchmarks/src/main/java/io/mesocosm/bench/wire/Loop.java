package io.mesocosm.bench.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * One thread that serves all connections given to it, runs what other threads hand over, and wakes
 * at set times. All that happens on connections happens on this thread.
 */
public final class Loop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Loop.class.getName());
  private static final int BUFFER_BYTES = 256 << 10;

  private record Timer(long atNanos, long order, Runnable action) {}

  private final Selector selector;
  private final Thread thread;
  // Other threads put in, the loop's thread takes out.
  private final Queue<Runnable> handedOver = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::order));
  private final Deque<Runnable> endOfPass = new ArrayDeque<>();
  private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer output = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long timersSet;
  // Written by whoever closes.
  private volatile boolean closed;

  public Loop(String name) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  /** Runs it on the loop's thread, soon. Thread-safe. */
  public void execute(Runnable action) {
    handedOver.add(action);
    if (!Thread.currentThread().equals(thread)) {
      selector.wakeup();
    }
  }

  /** Runs it on the loop's thread and waits for what it returns. Not for the loop's own thread. */
  public <T> T call(Supplier<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(() -> {
      try {
        result.complete(action.get());
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    return result.join();
  }

  /** Runs it on the loop's thread after a while. Only from the loop's thread. */
  public void after(long nanos, Runnable action) {
    timers.add(new Timer(System.nanoTime() + nanos, timersSet++, action));
  }

  /**
   * Runs it once, when all that could be read in this pass has been handled: the place to send what
   * has gathered. Only from the loop's thread.
   */
  public void atEndOfPass(Runnable action) {
    endOfPass.add(action);
  }

  Selector selector() {
    return selector;
  }

  /** Shared by all connections, for the moment of one read. */
  ByteBuffer input() {
    return input;
  }

  ByteBuffer output() {
    return output;
  }

  private void run() {
    List<SelectionKey> ready = new ArrayList<>();
    while (!closed) {
      try {
        if (handedOver.isEmpty() && endOfPass.isEmpty()) {
          selector.select(waitMillis());
        } else {
          selector.selectNow();
        }
        ready.clear();
        ready.addAll(selector.selectedKeys());
        selector.selectedKeys().clear();
        for (SelectionKey key : ready) {
          ((Connection) key.attachment()).ready();
        }
        for (Runnable next = handedOver.poll(); next != null; next = handedOver.poll()) {
          next.run();
        }
        runTimers();
        for (int left = endOfPass.size(); left > 0; left--) {
          endOfPass.remove().run();
        }
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "what was done on a connection failed", e);
      }
    }
    selector.keys().forEach(key -> ((Connection) key.attachment()).close());
  }

  private long waitMillis() {
    Timer next = timers.peek();
    return next == null
        ? 1000
        : Math.clamp((next.atNanos() - System.nanoTime() + 999_999) / 1_000_000, 1, 1000);
  }

  private void runTimers() {
    long now = System.nanoTime();
    while (!timers.isEmpty() && timers.peek().atNanos() <= now) {
      timers.remove().action().run();
    }
  }

  /** Closes all connections, without telling their owners. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

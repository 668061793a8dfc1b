package io.mesocosm.coordination;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls somebody else's code, in order, on a thread of its own: however long that takes, the
 * session behind it is looked after. Thread-safe.
 */
final class Announcer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Announcer.class.getName());
  private static final Duration CALL_UNDER_WAY_MAX = Duration.ofSeconds(2);

  private final Consumer<Optional<byte[]>> leaderChanged;
  private final ThreadPoolExecutor calls;
  private volatile boolean closed; // set by whoever closes, read by the calling thread
  private volatile @Nullable Thread caller;
  // Both of the loop's thread, which alone tells leaders.
  private boolean toldAny;
  private Optional<byte[]> told = Optional.empty();

  /**
   * @param name of the thread
   * @param leaderChanged called when another leads than the last time
   */
  Announcer(String name, Consumer<Optional<byte[]>> leaderChanged) {
    this.leaderChanged = leaderChanged;
    this.calls =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by the pace of elections
            task -> {
              Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(task);
              caller = thread;
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy()); // after close() nothing is told
  }

  /** Tells it, unless it was the last thing told. On one thread only. */
  void leader(Optional<byte[]> leader) {
    if (!toldAny || !same(told, leader)) {
      toldAny = true;
      told = leader;
      announce(() -> leaderChanged.accept(leader.map(byte[]::clone)));
    }
  }

  void announce(Runnable call) {
    calls.execute(() -> {
      if (!closed) {
        run(call);
      }
    });
  }

  /** No further call begins, from now on. */
  void silence() {
    closed = true;
  }

  /**
   * Nothing is told after this. Waits for a call under way, but no longer than 2 seconds: a call
   * that ends the process, which ends with closing this, would wait for itself.
   */
  @Override
  public void close() {
    silence();
    calls.shutdown();
    if (Thread.currentThread().equals(caller)) {
      return;
    }
    try {
      if (!calls.awaitTermination(CALL_UNDER_WAY_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a listener of an election still runs {0} ms after the election was closed",
            CALL_UNDER_WAY_MAX.toMillis());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a listener of an election failed", e);
    }
  }

  private static boolean same(Optional<byte[]> one, Optional<byte[]> other) {
    return one.isPresent() == other.isPresent()
        && (one.isEmpty() || Arrays.equals(one.get(), other.orElseThrow()));
  }
}

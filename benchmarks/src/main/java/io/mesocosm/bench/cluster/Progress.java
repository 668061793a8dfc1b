package io.mesocosm.bench.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A count that grows on the loop's thread and that others wait for to reach a mark. All but {@link
 * #await} are of the loop's thread.
 */
public final class Progress {
  private final String what;
  private long count;
  private long mark = Long.MAX_VALUE;
  private CompletableFuture<Long> reached = new CompletableFuture<>();

  Progress(String what) {
    this.what = what;
  }

  void add() {
    count++;
    if (count >= mark) {
      mark = Long.MAX_VALUE;
      reached.complete(System.nanoTime());
    }
  }

  public long count() {
    return count;
  }

  /** Completes with the nanosecond at which so many more have been counted. */
  public CompletableFuture<Long> more(long number) {
    return at(count + number);
  }

  /** Completes with the nanosecond at which so many are counted in all. */
  public CompletableFuture<Long> at(long total) {
    mark = total;
    reached = new CompletableFuture<>();
    if (count >= total) {
      mark = Long.MAX_VALUE;
      reached.complete(System.nanoTime());
    }
    return reached;
  }

  /**
   * Waits.
   *
   * @throws IllegalStateException if it does not come to pass in time
   */
  public static long await(CompletableFuture<Long> reached, long seconds, Supplier<String> state) {
    try {
      return reached.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the cluster did not get there within " + seconds + " s: " + state.get(), e);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return what + " " + count;
  }
}

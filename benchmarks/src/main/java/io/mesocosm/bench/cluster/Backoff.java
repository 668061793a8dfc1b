package io.mesocosm.bench.cluster;

import java.util.random.RandomGenerator;

/**
 * When a simulated agent tries again to subscribe: by the rules of the real one. Of the loop's
 * thread.
 */
final class Backoff {
  /** The first wait is at most this part of the agent's flag. */
  static final int FACTOR_PARTS = 10;

  private static final int DOUBLINGS_MAX = 9;

  private long turn;
  private boolean waiting;
  private int tries;

  boolean isWaiting() {
    return waiting;
  }

  /** The waits are as short again as at first. */
  void beginAnew() {
    tries = 0;
  }

  /** A wait begins, in place of one under way; returns what tells it from others. */
  long begin() {
    waiting = true;
    return ++turn;
  }

  /** How long the wait is. */
  long next(long firstNanosMax, RandomGenerator random) {
    long longest = firstNanosMax << Math.min(tries, DOUBLINGS_MAX);
    tries++;
    return (long) (random.nextDouble() * longest);
  }

  /** The time has passed; returns whether that wait was still under way. */
  boolean isOver(long begun) {
    if (!waiting || begun != turn) {
      return false;
    }
    waiting = false;
    return true;
  }
}

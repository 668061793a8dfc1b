package io.mesocosm.framework;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits of random length up to a bound that doubles, so that the schedulers of a new master do not
 * come all at once. One thread.
 */
final class Backoff {
  private static final int SOON_FACTOR = 4;

  private final long minMillis;
  private final long maxMillis;
  private final RandomGenerator random;
  private long boundMillis;

  Backoff(Duration min, Duration max, RandomGenerator random) {
    this.minMillis = Math.max(1, min.toMillis());
    this.maxMillis = Math.max(minMillis, max.toMillis());
    this.random = random;
    this.boundMillis = minMillis;
  }

  /** At least 1 ms. */
  Duration next() {
    Duration wait = Duration.ofMillis(1 + random.nextLong(boundMillis));
    boundMillis = Math.min(maxMillis, boundMillis * 2);
    return wait;
  }

  /** A short wait however often it was in vain, for what cannot last long: an election, say. */
  Duration soon() {
    return Duration.ofMillis(1 + random.nextLong(Math.min(maxMillis, minMillis * SOON_FACTOR)));
  }

  void reset() {
    boundMillis = minMillis;
  }
}

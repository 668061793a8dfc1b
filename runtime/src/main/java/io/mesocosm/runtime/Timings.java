package io.mesocosm.runtime;

import java.time.Duration;
import java.util.Arrays;
import java.util.SortedMap;

/**
 * How long something took, the latest of many times, in milliseconds: the last value under the
 * metric's own name, and count, extremes and percentiles of the latest thousand below it
 * (contracts/mesos-operator-api.md §8). Shown once there is a value. Thread-safe.
 */
public final class Timings {
  private static final int KEPT = 1000;
  private static final double[] PERCENTILES = {0.5, 0.9, 0.95, 0.99, 0.999, 0.9999};
  private static final String[] NAMES = {"p50", "p90", "p95", "p99", "p999", "p9999"};
  private static final double NANOS_PER_MILLI = 1e6;

  // One thread measures, readers copy: both under this object's lock.
  private final double[] latest = new double[KEPT];
  private long count;

  Timings() {}

  /** Notes one more. */
  public synchronized void record(Duration taken) {
    latest[(int) (count % KEPT)] = taken.toNanos() / NANOS_PER_MILLI;
    count++;
  }

  void show(String name, SortedMap<String, Double> values) {
    double[] sorted;
    double last;
    synchronized (this) {
      if (count == 0) {
        return;
      }
      sorted = Arrays.copyOf(latest, (int) Math.min(count, KEPT));
      last = latest[(int) ((count - 1) % KEPT)];
    }
    Arrays.sort(sorted);
    values.put(name, last);
    values.put(name + "/count", (double) sorted.length);
    values.put(name + "/min", sorted[0]);
    values.put(name + "/max", sorted[sorted.length - 1]);
    for (int i = 0; i < NAMES.length; i++) {
      int rank = (int) Math.ceil(PERCENTILES[i] * sorted.length) - 1;
      values.put(name + "/" + NAMES[i], sorted[Math.max(0, rank)]);
    }
  }
}

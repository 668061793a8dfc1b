package io.mesocosm.bench;

import java.util.Arrays;
import java.util.Collection;

/** Measured values, of which percentiles are wanted. Not thread-safe. */
public final class Samples {
  private long[] values = new long[1024];
  private int count;

  public void add(long value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count * 2);
    }
    values[count++] = value;
  }

  public int count() {
    return count;
  }

  public void clear() {
    count = 0;
  }

  /**
   * The smallest value that at least this share of all values does not exceed; 0 of none.
   *
   * @param share from 0 to 1, e.g. 0.99
   */
  public long percentile(double share) {
    if (count == 0) {
      return 0;
    }
    Arrays.sort(values, 0, count);
    int rank = (int) Math.ceil(share * count);
    return values[Math.clamp(rank - 1, 0, count - 1)];
  }

  /** The middle one, or the mean of the two in the middle; 0 of none. */
  public static double median(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return 0;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

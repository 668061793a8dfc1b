package io.mesocosm.allocator;

import java.util.Comparator;

/** Who comes first among siblings: the smallest share, then who was chosen least (S3). */
record ReferenceRank(double share, long count, String name) implements Comparable<ReferenceRank> {
  private static final Comparator<ReferenceRank> ORDER =
      Comparator.comparingDouble(ReferenceRank::share)
          .thenComparingLong(ReferenceRank::count)
          .thenComparing(ReferenceRank::name);

  @Override
  public int compareTo(ReferenceRank other) {
    return ORDER.compare(this, other);
  }
}

package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resources;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sums of scalar resources by name, in thousandths, whatever their reservations (S7, S10). */
final class ScalarSums {
  private final SortedMap<String, Long> thousandthsByName = new TreeMap<>();

  void add(Resources resources) {
    resources
        .scalarQuantities()
        .forEach((name, scalar) -> thousandthsByName.merge(name, scalar.thousandths(), Long::sum));
  }

  void subtract(Resources resources) {
    resources
        .scalarQuantities()
        .forEach((name, scalar) -> thousandthsByName.merge(name, -scalar.thousandths(), Long::sum));
    thousandthsByName.values().removeIf(left -> left == 0);
  }

  boolean isEmpty() {
    return thousandthsByName.isEmpty();
  }

  /** The largest of the parts that this is of {@code totals}, over all names with a total (S2). */
  double dominantShareOf(ScalarSums totals) {
    double share = 0;
    for (var sum : thousandthsByName.entrySet()) {
      long total = totals.thousandthsByName.getOrDefault(sum.getKey(), 0L);
      if (total > 0) {
        share = Math.max(share, (double) sum.getValue() / total);
      }
    }
    return share;
  }
}

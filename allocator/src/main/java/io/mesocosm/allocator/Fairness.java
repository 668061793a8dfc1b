package io.mesocosm.allocator;

import java.util.SortedSet;

/** What shares are measured against: the sums of all agents (S2, S7). */
final class Fairness {
  private final ResourceNames names;
  private final SortedSet<String> excludedNames;
  private final Amounts totals = new Amounts();
  private long version;

  Fairness(ResourceNames names, SortedSet<String> excludedNames) {
    this.names = names;
    this.excludedNames = excludedNames;
  }

  Amounts totals() {
    return totals;
  }

  /** Changes whenever shares may have changed without an allocation. */
  long version() {
    return version;
  }

  void replace(Amounts before, Amounts after) {
    if (!before.isSameAs(after)) {
      totals.subtract(before);
      totals.add(after);
      version++;
    }
  }

  /** A weight changed. */
  void reweigh() {
    version++;
  }

  /** The largest of the parts that this is of the totals, over all names that count (S2). */
  double dominantShare(Amounts held) {
    double share = 0;
    for (int i = 0; i < held.size(); i++) {
      long amount = held.at(i);
      long total = totals.at(i);
      if (amount > 0 && total > 0 && !isExcluded(i)) {
        share = Math.max(share, (double) amount / total);
      }
    }
    return share;
  }

  private boolean isExcluded(int index) {
    return !excludedNames.isEmpty() && excludedNames.contains(names.name(index));
  }
}

package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Orders siblings (roles, or the frameworks in a role) by dominant share: who has least comes
 * first; ties go to whoever was chosen less often, then to the name (S2, S3).
 */
final class Sorter<K extends Comparable<K>> {
  private static final class Usage {
    final ScalarSums held = new ScalarSums();
    long allocations;
  }

  private record Standing<K extends Comparable<K>>(K key, double share, long allocations) {}

  private final SortedMap<K, Usage> usageByKey = new TreeMap<>();

  void allocated(K key, Resources resources) {
    Usage usage = usageByKey.computeIfAbsent(key, _ -> new Usage());
    usage.held.add(resources);
    usage.allocations++;
  }

  void recovered(K key, Resources resources) {
    Usage usage = usageByKey.get(key);
    // None for what holds no scalars, e.g. only ports: that does not count here (S10).
    if (usage != null) {
      usage.held.subtract(resources);
    }
  }

  /** Drops the count of past allocations of one that will not be sorted again. */
  void forget(K key) {
    Usage usage = usageByKey.get(key);
    if (usage != null && usage.held.isEmpty()) {
      usageByKey.remove(key);
    }
  }

  double share(K key, ScalarSums totals) {
    Usage usage = usageByKey.get(key);
    return usage == null ? 0 : usage.held.dominantShareOf(totals);
  }

  /** Those that hold scalars now. */
  SortedSet<K> holders() {
    SortedSet<K> holders = new TreeSet<>();
    usageByKey.forEach((key, usage) -> {
      if (!usage.held.isEmpty()) {
        holders.add(key);
      }
    });
    return holders;
  }

  List<K> inOrder(Collection<K> candidates, ScalarSums totals) {
    if (candidates.size() < 2) {
      return List.copyOf(candidates);
    }
    List<Standing<K>> standings = new ArrayList<>(candidates.size());
    for (K key : candidates) {
      Usage usage = usageByKey.get(key);
      standings.add(
          usage == null
              ? new Standing<>(key, 0, 0)
              : new Standing<>(key, usage.held.dominantShareOf(totals), usage.allocations));
    }
    standings.sort(
        Comparator.<Standing<K>>comparingDouble(Standing::share)
            .thenComparingLong(Standing::allocations)
            .thenComparing(Standing::key));
    return standings.stream().map(Standing::key).toList();
  }
}

package io.mesocosm.services;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which instances go first when there are too many (contracts/marathon-api.md S11): those of the
 * fullest group of a GROUP_BY constraint, then those that do least, then by the app's choice the
 * youngest or the oldest.
 */
final class KillOrder {
  private KillOrder() {}

  /** The {@code count} instances to end, in that order. */
  static List<Instance> choose(RunSpec app, Collection<Instance> instances, int count) {
    if (count <= 0) {
      return List.of();
    }
    List<Constraint> groupings =
        app.constraints().stream()
            .filter(constraint -> constraint.operator() == Constraint.Operator.GROUP_BY)
            .toList();
    List<Instance> left = new ArrayList<>(instances);
    left.sort(usual(app));
    if (groupings.isEmpty()) {
      return List.copyOf(left.subList(0, Math.min(count, left.size())));
    }
    List<Instance> chosen = new ArrayList<>();
    List<SortedMap<String, Integer>> sizes = sizes(groupings, left);
    while (chosen.size() < count && !left.isEmpty()) {
      // The first of the fullest group, as the rest is in order already.
      Instance next = left.getFirst();
      for (Instance candidate : left) {
        next = isFuller(groupings, sizes, candidate, next) ? candidate : next;
      }
      left.remove(next);
      chosen.add(next);
      for (int i = 0; i < groupings.size(); i++) {
        sizes.get(i).merge(group(next, groupings.get(i)), -1, Integer::sum);
      }
    }
    return chosen;
  }

  private static List<SortedMap<String, Integer>> sizes(
      List<Constraint> groupings, List<Instance> instances) {
    List<SortedMap<String, Integer>> sizes = new ArrayList<>();
    for (Constraint grouping : groupings) {
      SortedMap<String, Integer> byGroup = new TreeMap<>();
      instances.forEach(instance -> byGroup.merge(group(instance, grouping), 1, Integer::sum));
      sizes.add(byGroup);
    }
    return sizes;
  }

  private static boolean isFuller(
      List<Constraint> groupings,
      List<SortedMap<String, Integer>> sizes,
      Instance candidate,
      Instance than) {
    for (int i = 0; i < groupings.size(); i++) {
      int mine = sizes.get(i).getOrDefault(group(candidate, groupings.get(i)), 0);
      int other = sizes.get(i).getOrDefault(group(than, groupings.get(i)), 0);
      if (mine != other) {
        return mine > other;
      }
    }
    return false;
  }

  private static Comparator<Instance> usual(RunSpec app) {
    Comparator<Instance> byStart = Comparator.comparing(KillOrder::start);
    return Comparator.comparing(KillOrder::rank)
        .thenComparing(
            app.killSelection() == KillSelection.OLDEST_FIRST ? byStart : byStart.reversed())
        .thenComparing(Instance::id);
  }

  private static String group(Instance instance, Constraint constraint) {
    return instance.placement().field(constraint.field()).orElse("");
  }

  private static Instant start(Instance instance) {
    return instance.startedAt().orElse(instance.stagedAt());
  }

  private static int rank(Instance instance) {
    return switch (instance.condition()) {
      case FINISHED, FAILED, KILLED, ERROR, DROPPED, GONE, UNKNOWN -> 0;
      case UNREACHABLE, UNREACHABLE_INACTIVE -> 1;
      case SCHEDULED, PROVISIONED, STAGING -> 2;
      case STARTING -> 3;
      case RUNNING, KILLING -> 4;
    };
  }
}

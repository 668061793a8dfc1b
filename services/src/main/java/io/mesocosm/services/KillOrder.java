package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Which instances go first when there are too many (contracts/marathon-api.md S11): those of the
 * fullest group of a GROUP_BY constraint, then those that do least, then by the app's choice the
 * youngest or the oldest.
 */
final class KillOrder {
  private KillOrder() {}

  /** The {@code count} instances to end, in that order. */
  static List<Instance> choose(AppDefinition app, List<Instance> instances, int count) {
    List<Instance> left = new ArrayList<>(instances);
    List<Instance> chosen = new ArrayList<>();
    while (chosen.size() < count && !left.isEmpty()) {
      Instance next = left.stream().min(order(app, left)).orElseThrow();
      left.remove(next);
      chosen.add(next);
    }
    return chosen;
  }

  private static Comparator<Instance> order(AppDefinition app, List<Instance> left) {
    Comparator<Instance> order = (_, _) -> 0;
    for (Constraint constraint : app.constraints()) {
      if (constraint.operator() == Constraint.Operator.GROUP_BY) {
        TreeMap<String, Integer> sizes = new TreeMap<>();
        left.forEach(instance -> sizes.merge(group(instance, constraint), 1, Integer::sum));
        Comparator<Instance> bySize =
            Comparator.comparing(instance -> -sizes.getOrDefault(group(instance, constraint), 0));
        order = order.thenComparing(bySize);
      }
    }
    Comparator<Instance> byStart = Comparator.comparing(KillOrder::start);
    return order
        .thenComparing(KillOrder::rank)
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
      case PROVISIONED, STAGING -> 2;
      case STARTING -> 3;
      case RUNNING, KILLING -> 4;
    };
  }
}

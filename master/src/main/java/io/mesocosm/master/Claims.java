package io.mesocosm.master;

import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.model.resource.Value;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adds up what an agent says that runs on it, against what it says that it has: an agent that
 * claims one port for two tasks, or more than its total, contradicts itself. Amounts are compared
 * by name alone, whatever they are reserved for. Shared volumes and what is only lent (revocable)
 * are left out.
 */
final class Claims {
  private final Resources total;
  private final SortedMap<String, Class<? extends Value>> types = new TreeMap<>();
  private final SortedMap<String, Scalar> scalars = new TreeMap<>();
  private final SortedMap<String, Ranges> ranges = new TreeMap<>();
  private final Set<String> taken = new TreeSet<>();

  Claims(Resources total) {
    this.total = total;
    fits(total);
  }

  /** Whether these can be added to the others at all: one name has one type of value. */
  Optional<String> fits(Resources resources) {
    for (Resource resource : resources.entries()) {
      Class<? extends Value> type = resource.value().getClass();
      Class<? extends Value> before = types.getOrDefault(resource.name(), type);
      if (!before.equals(type)) {
        return Optional.of(
            resource.name() + " is " + resource.value() + " here and of another type elsewhere");
      }
      types.put(resource.name(), type);
    }
    return Optional.empty();
  }

  /** As {@link #take}, the first time that the name is said. */
  Optional<String> takeOnce(String name, Resources resources) {
    return taken.add(name) ? take(resources) : Optional.empty();
  }

  /** Returns what speaks against it. */
  Optional<String> take(Resources resources) {
    Optional<String> problem = fits(resources);
    if (problem.isPresent()) {
      return problem;
    }
    for (Resource resource : resources.nonShared().nonRevocable().entries()) {
      String name = resource.name();
      if (resource.value() instanceof Scalar amount) {
        Scalar sum = scalars.merge(name, amount, Scalar::plus);
        if (sum.compareTo(total.scalar(name)) > 0) {
          return Optional.of(
              "what runs takes "
                  + sum
                  + " "
                  + name
                  + ", more than the agent's total of "
                  + total.scalar(name));
        }
      } else if (resource.value() instanceof Ranges own) {
        Ranges others = ranges.getOrDefault(name, Ranges.NONE);
        if (!total.ranges(name).contains(own)) {
          return Optional.of(name + " " + own + " are not in the agent's total");
        }
        Ranges twice = own.minus(own.minus(others));
        if (!twice.isEmpty()) {
          return Optional.of(name + " " + twice + " are taken by another task too");
        }
        ranges.put(name, others.plus(own));
      }
    }
    return Optional.empty();
  }
}

package io.mesocosm.master;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What quotas count (contracts/mesos-allocation.md Q3). */
final class Consumption {
  private Consumption() {}

  /**
   * What a role and its sub-roles consume: unreserved resources in use, and all that is reserved
   * for them. What is only offered does not count.
   */
  static SortedMap<String, Scalar> of(String role, Collection<Agent> agents) {
    SortedMap<String, Scalar> sums = new TreeMap<>();
    for (Agent agent : agents) {
      agent
          .usedByFramework()
          .values()
          .forEach(used -> add(sums, used, entry -> isUnreservedOf(role, entry)));
      add(
          sums,
          agent.total(),
          entry -> !entry.reservations().isEmpty() && isWithin(role, entry.role()));
    }
    return sums;
  }

  /** All that could be guaranteed: everything that is not revocable. */
  static SortedMap<String, Scalar> capacity(Collection<Agent> agents) {
    SortedMap<String, Scalar> sums = new TreeMap<>();
    agents.forEach(agent -> add(sums, agent.total(), entry -> !entry.revocable()));
    return sums;
  }

  /** The scalars of those that count against a role's quota while it holds or is offered them. */
  static SortedMap<String, Scalar> unreservedOf(String role, Resources resources) {
    SortedMap<String, Scalar> sums = new TreeMap<>();
    add(sums, resources, entry -> isUnreservedOf(role, entry));
    return sums;
  }

  static boolean isWithin(String role, String subRole) {
    return subRole.equals(role) || subRole.startsWith(role + "/");
  }

  private static boolean isUnreservedOf(String role, Resource entry) {
    return entry.reservations().isEmpty()
        && !entry.revocable()
        && entry.allocationRole().filter(own -> isWithin(role, own)).isPresent();
  }

  private static void add(
      SortedMap<String, Scalar> sums, Resources resources, Predicate<Resource> counted) {
    for (Resource entry : resources.entries()) {
      if (counted.test(entry) && entry.value() instanceof Scalar scalar) {
        sums.merge(entry.name(), scalar, Scalar::plus);
      }
    }
  }
}

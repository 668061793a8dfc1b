package io.mesocosm.services.explain;

import io.mesocosm.model.resource.Scalar;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the master has, whether it offers it to us or not.
 *
 * @param agents those that are registered, in the master's order
 * @param quotaByRole of the roles that have one
 */
public record Cluster(List<Agent> agents, SortedMap<String, Quota> quotaByRole) {
  public Cluster {
    agents = List.copyOf(agents);
    quotaByRole = Collections.unmodifiableSortedMap(new TreeMap<>(quotaByRole));
  }

  /**
   * @param active whether it is offered to anyone at all
   * @param total what it has, used or not, by name
   */
  public record Agent(String id, String hostname, boolean active, SortedMap<String, Scalar> total) {
    public Agent {
      total = Collections.unmodifiableSortedMap(new TreeMap<>(total));
    }

    Scalar total(String resource) {
      return total.getOrDefault(resource, Scalar.ZERO);
    }
  }

  /**
   * Of a role and all roles below it.
   *
   * @param limits what they may have, by the resource's name; others are without a limit
   * @param consumed what they have
   */
  public record Quota(SortedMap<String, Scalar> limits, SortedMap<String, Scalar> consumed) {
    public Quota {
      limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
      consumed = Collections.unmodifiableSortedMap(new TreeMap<>(consumed));
    }

    Scalar left(String resource) {
      Scalar limit = limits.getOrDefault(resource, Scalar.BEYOND_COUNT);
      return limit.minusAtMost(consumed.getOrDefault(resource, Scalar.ZERO));
    }
  }
}

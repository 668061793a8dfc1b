package io.mesocosm.services.explain;

import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.explain.Cluster.Agent;
import io.mesocosm.services.explain.Cluster.Quota;
import io.mesocosm.services.explain.Explanation.QuotaText;
import io.mesocosm.services.explain.Explanation.Reach;
import io.mesocosm.services.explain.Explanation.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;

/** What the master's view adds: agents that were never offered, agents' sizes, the quota. */
final class ClusterFindings {
  private static final int HOSTNAMES_MAX = 20;

  private final Cluster cluster;
  private final SortedMap<String, Scalar> needs;
  private final String role;
  private final int waiting;

  /**
   * @param needs of one instance
   * @param waiting how many instances do
   */
  ClusterFindings(Cluster cluster, SortedMap<String, Scalar> needs, String role, int waiting) {
    this.cluster = cluster;
    this.needs = needs;
    this.role = role;
    this.waiting = waiting;
  }

  /**
   * @param offered ids of the agents that were offered
   */
  Reach reach(Set<String> offered) {
    List<Agent> active = cluster.agents().stream().filter(Agent::active).toList();
    List<Agent> others = active.stream().filter(agent -> !offered.contains(agent.id())).toList();
    String text = agents(active.size(), "active agent") + " at the master";
    int inactive = cluster.agents().size() - active.size();
    if (inactive > 0) {
      text += " and " + inactive + " that are not";
    }
    text += ", " + (active.size() - others.size()) + " of them offered in this wait";
    if (!others.isEmpty()) {
      text +=
          "; the other "
              + others.size()
              + " may have nothing free, belong to others by reservation or quota, or be offered"
              + " to other frameworks at the moment";
    }
    return new Reach(
        cluster.agents().size(),
        active.size(),
        active.size() - others.size(),
        others.stream().map(Agent::hostname).sorted().limit(HOSTNAMES_MAX).toList(),
        text);
  }

  /** The role whose limit counts, itself or the nearest above it, and its quota. */
  private Optional<Map.Entry<String, Quota>> quotaInForce() {
    String at = role;
    while (!at.isEmpty()) {
      Quota quota = cluster.quotaByRole().get(at);
      if (quota != null && !quota.limits().isEmpty()) {
        return Optional.of(Map.entry(at, quota));
      }
      at = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "";
    }
    return Optional.empty();
  }

  Optional<QuotaText> quota() {
    return quotaInForce()
        .map(inForce -> {
          List<String> parts = new ArrayList<>();
          inForce
              .getValue()
              .limits()
              .forEach((resource, limit) ->
                  parts.add(
                      resource
                          + " "
                          + inForce.getValue().consumed().getOrDefault(resource, Scalar.ZERO)
                          + " of "
                          + limit));
          List<String> exhausted = exhausted(inForce.getValue());
          String text = "role " + inForce.getKey() + " has " + String.join(", ", parts);
          return new QuotaText(
              inForce.getKey(),
              exhausted.isEmpty()
                  ? text
                  : text
                      + ": too little "
                      + String.join(" and ", exhausted)
                      + " is left for an instance, so no offers of it come");
        });
  }

  private List<String> exhausted(Quota quota) {
    List<String> exhausted = new ArrayList<>();
    needs.forEach((resource, needed) -> {
      if (quota.left(resource).compareTo(needed) < 0) {
        exhausted.add(resource);
      }
    });
    return exhausted;
  }

  /** Whether the quota leaves too little for one more instance. */
  boolean isQuotaExhausted() {
    return quotaInForce().filter(inForce -> !exhausted(inForce.getValue()).isEmpty()).isPresent();
  }

  List<Suggestion> suggestions() {
    List<Suggestion> found = new ArrayList<>();
    quotaInForce()
        .ifPresent(inForce -> {
          List<String> limits = new ArrayList<>();
          for (String resource : exhausted(inForce.getValue())) {
            Quota quota = inForce.getValue();
            Scalar limit =
                quota
                    .consumed()
                    .getOrDefault(resource, Scalar.ZERO)
                    .plus(times(needs.getOrDefault(resource, Scalar.ZERO), waiting));
            limits.add(resource + " " + limit + " instead of " + quota.limits().get(resource));
          }
          if (!limits.isEmpty()) {
            found.add(
                new Suggestion(
                    "with a quota limit for role "
                        + inForce.getKey()
                        + " of "
                        + String.join(" and ", limits)
                        + " all that wait could be offered for",
                    OptionalInt.empty()));
          }
        });
    size().ifPresent(found::add);
    return found;
  }

  private static Scalar times(Scalar amount, int count) {
    return Scalar.of(amount.toDouble() * count);
  }

  /** Whether agents are large enough, were they empty. */
  private Optional<Suggestion> size() {
    List<Agent> active = cluster.agents().stream().filter(Agent::active).toList();
    if (active.isEmpty()) {
      return Optional.of(
          new Suggestion("the master has no active agent: start some", OptionalInt.empty()));
    }
    if (active.stream().anyMatch(this::isLargeEnough)) {
      Agent like = active.stream().filter(this::isLargeEnough).findFirst().orElseThrow();
      int each = instancesOn(like);
      int more = (waiting + each - 1) / each;
      return Optional.of(
          new Suggestion(
              "with "
                  + agents(more, "more agent")
                  + " of the size of "
                  + like.hostname()
                  + " there are resources for all that wait",
              OptionalInt.empty()));
    }
    List<String> largest = new ArrayList<>();
    needs.forEach((resource, needed) -> {
      Scalar most =
          active.stream()
              .map(agent -> agent.total(resource))
              .max(Scalar::compareTo)
              .orElse(Scalar.ZERO);
      largest.add(resource + " " + needed + " (the most that an agent has is " + most + ")");
    });
    return Optional.of(
        new Suggestion(
            "no agent of the master is large enough, even when empty, for "
                + String.join(", ", largest)
                + ": ask for less, or add larger agents",
            OptionalInt.empty()));
  }

  private boolean isLargeEnough(Agent agent) {
    return needs.entrySet().stream()
        .allMatch(need -> agent.total(need.getKey()).compareTo(need.getValue()) >= 0);
  }

  private int instancesOn(Agent agent) {
    return needs.entrySet().stream()
        .mapToInt(
            need -> (int) (agent.total(need.getKey()).toDouble() / need.getValue().toDouble()))
        .min()
        .orElse(1);
  }

  private static String agents(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}

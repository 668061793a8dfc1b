package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What frameworks declined, and until when (F1 to F5). A filter hides an agent from a framework in
 * a role as long as there is no more on it than what was refused.
 */
final class RefusalFilters {
  private record Filter(
      FrameworkId framework,
      String role,
      AgentId agent,
      Resources refused,
      Instant until,
      long sequence) {}

  private static final Comparator<Filter> BY_EXPIRY =
      Comparator.comparing(Filter::until).thenComparingLong(Filter::sequence);

  private final SortedMap<FrameworkId, SortedMap<AgentId, List<Filter>>> filters = new TreeMap<>();
  private final SortedSet<Filter> byExpiry = new TreeSet<>(BY_EXPIRY);
  private long sequence;

  /**
   * @param refused allocated to nobody
   */
  void add(FrameworkId framework, String role, AgentId agent, Resources refused, Instant until) {
    List<Filter> onAgent =
        filters
            .computeIfAbsent(framework, _ -> new TreeMap<>())
            .computeIfAbsent(agent, _ -> new ArrayList<>());
    // What the new one covers at least as long would only pile up.
    onAgent.removeIf(old -> {
      boolean covered =
          old.role().equals(role) && !old.until().isAfter(until) && refused.contains(old.refused());
      if (covered) {
        byExpiry.remove(old);
      }
      return covered;
    });
    Filter filter = new Filter(framework, role, agent, refused, until, sequence++);
    onAgent.add(filter);
    byExpiry.add(filter);
  }

  /** Until when {@code offered} is hidden, if it is. */
  Optional<Instant> hiddenUntil(
      FrameworkId framework, String role, AgentId agent, Resources offered, Instant now) {
    SortedMap<AgentId, List<Filter>> ofFramework = filters.get(framework);
    List<Filter> onAgent = ofFramework == null ? null : ofFramework.get(agent);
    if (onAgent == null) {
      return Optional.empty();
    }
    for (Filter filter : onAgent) {
      if (filter.role().equals(role)
          && filter.until().isAfter(now)
          && filter.refused().contains(offered)) {
        return Optional.of(filter.until());
      }
    }
    return Optional.empty();
  }

  Optional<Instant> nextExpiry() {
    return byExpiry.isEmpty() ? Optional.empty() : Optional.of(byExpiry.first().until());
  }

  /** Drops what has expired and says which agents it was for. */
  SortedSet<AgentId> expire(Instant now) {
    SortedSet<AgentId> agents = new TreeSet<>();
    while (!byExpiry.isEmpty() && !byExpiry.first().until().isAfter(now)) {
      Filter expired = byExpiry.first();
      byExpiry.remove(expired);
      SortedMap<AgentId, List<Filter>> ofFramework = filters.get(expired.framework());
      List<Filter> onAgent = ofFramework == null ? null : ofFramework.get(expired.agent());
      if (ofFramework != null && onAgent != null) {
        onAgent.remove(expired);
        prune(expired.framework(), ofFramework);
      }
      agents.add(expired.agent());
    }
    return agents;
  }

  void clear(FrameworkId framework) {
    clear(framework, _ -> true);
  }

  void clearRole(FrameworkId framework, String role) {
    clear(framework, filter -> filter.role().equals(role));
  }

  void clearAgent(AgentId agent) {
    for (FrameworkId framework : List.copyOf(filters.keySet())) {
      clear(framework, filter -> filter.agent().equals(agent));
    }
  }

  private void clear(FrameworkId framework, Predicate<Filter> predicate) {
    SortedMap<AgentId, List<Filter>> ofFramework = filters.get(framework);
    if (ofFramework == null) {
      return;
    }
    for (List<Filter> onAgent : ofFramework.values()) {
      onAgent.stream().filter(predicate).forEach(byExpiry::remove);
      onAgent.removeIf(predicate);
    }
    prune(framework, ofFramework);
  }

  private void prune(FrameworkId framework, SortedMap<AgentId, List<Filter>> ofFramework) {
    ofFramework.values().removeIf(List::isEmpty);
    if (ofFramework.isEmpty()) {
      filters.remove(framework);
    }
  }
}

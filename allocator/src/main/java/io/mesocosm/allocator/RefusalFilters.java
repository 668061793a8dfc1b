package io.mesocosm.allocator;

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
import org.jspecify.annotations.Nullable;

/**
 * What frameworks declined, and until when (F1 to F5). A filter hides an agent from a framework in
 * a role as long as there is no more on it than what was refused.
 */
final class RefusalFilters {
  /** One refusal. */
  static final class Filter {
    private static final Comparator<Filter> BY_EXPIRY =
        Comparator.<Filter, Instant>comparing(filter -> filter.until)
            .thenComparingLong(filter -> filter.sequence);

    private final Taker taker;
    private final AgentShare agent;
    private final Resources refused;
    private final Instant until;
    private final long sequence;

    /** What it was last asked about, and the answer: mostly the agent's free resources again. */
    private @Nullable Resources lastOffered;

    private boolean lastHidden;

    private Filter(Taker taker, AgentShare agent, Resources refused, Instant until, long sequence) {
      this.taker = taker;
      this.agent = agent;
      this.refused = refused;
      this.until = until;
      this.sequence = sequence;
    }

    Taker taker() {
      return taker;
    }

    AgentShare agent() {
      return agent;
    }

    @SuppressWarnings("ReferenceEquality") // the same object is equal, and that is all we ask
    private boolean hides(Resources offered) {
      if (offered != lastOffered) {
        lastOffered = offered;
        lastHidden = refused.contains(offered);
      }
      return lastHidden;
    }
  }

  private final SortedSet<Filter> byExpiry = new TreeSet<>(Filter.BY_EXPIRY);
  private final SortedMap<String, Integer> countByRole = new TreeMap<>();
  private long sequence;

  /**
   * @param refused allocated to nobody
   */
  void add(Taker taker, AgentShare agent, Resources refused, Instant until) {
    List<Filter> ofBoth = agent.filters().computeIfAbsent(taker, _ -> new ArrayList<>(1));
    // What the new one covers at least as long would only pile up.
    for (int i = ofBoth.size() - 1; i >= 0; i--) {
      Filter old = ofBoth.get(i);
      if (!old.until.isAfter(until) && refused.contains(old.refused)) {
        ofBoth.remove(i);
        forget(old);
      }
    }
    Filter filter = new Filter(taker, agent, refused, until, sequence++);
    ofBoth.add(filter);
    taker.filters().add(filter);
    byExpiry.add(filter);
    countByRole.merge(taker.role().path(), 1, Integer::sum);
  }

  /** Until when {@code offered} is hidden, if it is. */
  Optional<Instant> hiddenUntil(Taker taker, AgentShare agent, Resources offered, Instant now) {
    List<Filter> ofBoth = agent.filters().isEmpty() ? null : agent.filters().get(taker);
    if (ofBoth == null) {
      return Optional.empty();
    }
    for (Filter filter : ofBoth) {
      if (filter.until.isAfter(now) && filter.hides(offered)) {
        return Optional.of(filter.until);
      }
    }
    return Optional.empty();
  }

  Optional<Instant> nextExpiry() {
    return byExpiry.isEmpty() ? Optional.empty() : Optional.of(byExpiry.first().until);
  }

  /** Drops what has expired and says whom it was for. */
  List<Filter> expire(Instant now) {
    List<Filter> expired = new ArrayList<>();
    while (!byExpiry.isEmpty() && !byExpiry.first().until.isAfter(now)) {
      Filter filter = byExpiry.first();
      remove(filter);
      expired.add(filter);
    }
    return expired;
  }

  /** By role; roles without any are left out. */
  SortedMap<String, Integer> countByRole() {
    return new TreeMap<>(countByRole);
  }

  void clear(Taker taker) {
    List.copyOf(taker.filters()).forEach(this::remove);
  }

  void clear(AgentShare agent) {
    agent.filters().values().stream().flatMap(List::stream).toList().forEach(this::forget);
    agent.filters().clear();
  }

  private void remove(Filter filter) {
    List<Filter> ofBoth = filter.agent.filters().get(filter.taker);
    if (ofBoth != null) {
      ofBoth.remove(filter);
      if (ofBoth.isEmpty()) {
        filter.agent.filters().remove(filter.taker);
      }
    }
    forget(filter);
  }

  private void forget(Filter filter) {
    filter.taker.filters().remove(filter);
    byExpiry.remove(filter);
    countByRole.computeIfPresent(
        filter.taker.role().path(), (_, count) -> count == 1 ? null : count - 1);
  }
}

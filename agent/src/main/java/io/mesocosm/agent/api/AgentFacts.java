package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.Request;
import io.mesocosm.model.access.Authorizer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What the endpoints know of their agent. Thread-safe.
 *
 * @param flags what {@code /flags} shows, by name
 * @param snapshots the latest, from any thread
 * @param fetches up to now, from any thread
 * @param recoveryErrors parts of an earlier agent's state that were given up at the start
 * @param recoveryTime how long it took to find the earlier agent's containers again
 * @param authorizer says what a principal may see and do
 */
public record AgentFacts(
    AgentConfig config,
    SortedMap<String, String> flags,
    Instant startedAt,
    InstantSource clock,
    Supplier<AgentSnapshot> snapshots,
    Supplier<FetchCounts> fetches,
    int recoveryErrors,
    Duration recoveryTime,
    Authorizer authorizer) {
  public AgentFacts {
    flags = Collections.unmodifiableSortedMap(new TreeMap<>(flags));
  }

  AgentSnapshot snapshot() {
    return snapshots.get();
  }

  Duration uptime() {
    return Duration.between(startedAt, clock.instant());
  }

  /** What the sender of a request may see. */
  Visible visible(Request request) {
    return new Visible(authorizer, request.principal());
  }
}

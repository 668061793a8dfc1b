package io.mesocosm.services.autoscale;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last two readings of each agent, shared by all apps that have instances there: an agent is
 * asked once per interval however many they are. Blocking and thread-safe.
 */
final class AgentReadings {
  // An agent answers some kilobytes for each container.
  private static final int BYTES_MAX = 32 << 20;

  /** Readings farther apart say nothing about the present; so many intervals. */
  private static final int INTERVALS_MAX = 20;

  private static final class Agent {
    final ReentrantLock lock = new ReentrantLock();
    Optional<AgentReading> before = Optional.empty();
    Optional<AgentReading> last = Optional.empty();
    Optional<String> failure = Optional.empty();
    Instant askedAt = Instant.EPOCH;
  }

  /**
   * @param before absent when the agent was asked for the first time
   */
  record Pair(Optional<AgentReading> before, AgentReading last) {}

  private final AgentAddresses addresses;
  private final Fetcher fetcher;
  private final InstantSource clock;
  private final Duration interval;
  private final Map<String, Agent> agents = new ConcurrentHashMap<>();

  AgentReadings(AgentAddresses addresses, Fetcher fetcher, InstantSource clock, Duration interval) {
    this.addresses = addresses;
    this.fetcher = fetcher;
    this.clock = clock;
    this.interval = interval;
  }

  Pair of(String agentId, String hostname) throws UnmeasurableException, InterruptedException {
    Agent agent = agents.computeIfAbsent(agentId, _ -> new Agent());
    // Who comes second waits for what the first one is told.
    agent.lock.lockInterruptibly();
    try {
      Instant now = clock.instant();
      // Timers come a little early or late: most of an interval is one.
      Instant due = agent.askedAt.plus(interval.multipliedBy(3).dividedBy(4));
      if (!due.isAfter(now)) {
        agent.askedAt = now;
        read(agent, agentId, hostname, now);
      }
      if (agent.failure.isPresent()) {
        throw new UnmeasurableException(agent.failure.get());
      }
      return new Pair(
          agent.before,
          agent.last.orElseThrow(() -> new UnmeasurableException(hostname + " was not asked")));
    } finally {
      agent.lock.unlock();
    }
  }

  private void read(Agent agent, String agentId, String hostname, Instant now)
      throws InterruptedException {
    try {
      JsonNode containers =
          Json.parse(
              fetcher.body(
                  addresses.of(agentId, hostname).resolve("/monitor/statistics"), BYTES_MAX));
      Instant oldest = now.minus(interval.multipliedBy(INTERVALS_MAX));
      agent.before = agent.last.filter(reading -> reading.at().isAfter(oldest));
      agent.last = Optional.of(AgentReading.of(containers, now));
      agent.failure = Optional.empty();
    } catch (UnmeasurableException e) {
      addresses.forget(agentId);
      agent.failure = Optional.of(String.valueOf(e.getMessage()));
    } catch (InvalidRequestException e) {
      agent.failure =
          Optional.of(
              "agent " + hostname + " answers no JSON of its containers: " + e.getMessage());
    }
  }

  /** Forgets agents that nobody asked about for long. */
  void sweep() {
    Instant oldest = clock.instant().minus(interval.multipliedBy(INTERVALS_MAX));
    agents.values().removeIf(agent -> agent.askedAt.isBefore(oldest) && !agent.lock.isLocked());
  }
}

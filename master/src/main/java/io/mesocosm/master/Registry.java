package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who is known to the master: frameworks and agents, present and past, by id and by stream. Holds
 * them, decides nothing. Owned by the master's thread.
 */
final class Registry {
  private static final int REMOVED_AGENTS_MAX = 10_000;

  private final int completedFrameworksMax;
  private final Changes changes;
  private final Map<FrameworkId, Framework> frameworks = new LinkedHashMap<>();
  private final Map<StreamId, Framework> frameworksByStream = new LinkedHashMap<>();
  private final SequencedSet<FrameworkId> completedFrameworks = new LinkedHashSet<>();
  private final Map<AgentId, Agent> agents = new LinkedHashMap<>();
  private final Map<StreamId, Agent> agentsByStream = new LinkedHashMap<>();

  /** Oldest loss first. */
  private final SequencedMap<AgentId, Instant> unreachableAgents = new LinkedHashMap<>();

  /** Given up by operators; their ids must not be admitted again while they are remembered. */
  private final SortedMap<AgentId, Instant> goneAgents = new TreeMap<>();

  private final Map<HostAndPort, Agent> agentsByAddress = new LinkedHashMap<>();

  private record HostAndPort(String hostname, int port) {
    static HostAndPort of(Agent agent) {
      return new HostAndPort(agent.info().getHostname(), agent.info().getPort());
    }
  }

  /** Ids that were given up for good, oldest first: whoever still bears one must begin anew. */
  private final SequencedSet<AgentId> removedAgents = new LinkedHashSet<>();

  Registry(int completedFrameworksMax, Changes changes) {
    this.completedFrameworksMax = completedFrameworksMax;
    this.changes = changes;
  }

  Collection<Framework> frameworks() {
    return Collections.unmodifiableCollection(frameworks.values());
  }

  Optional<Framework> framework(FrameworkId id) {
    return Optional.ofNullable(frameworks.get(id));
  }

  Optional<Framework> framework(StreamId stream) {
    return Optional.ofNullable(frameworksByStream.get(stream));
  }

  void add(Framework framework) {
    frameworks.put(framework.id(), framework);
    changes.frameworkAdded(framework);
  }

  /** Binds the stream to the framework, in place of an earlier one. */
  void connect(Framework framework, StreamId stream, Instant now) {
    framework.stream().ifPresent(frameworksByStream::remove);
    framework.connect(stream, now);
    frameworksByStream.put(stream, framework);
  }

  void disconnect(Framework framework) {
    framework.stream().ifPresent(frameworksByStream::remove);
    framework.disconnect();
  }

  void complete(Framework framework, Instant now) {
    framework.stream().ifPresent(frameworksByStream::remove);
    framework.unregister(now);
    frameworks.remove(framework.id());
    changes.frameworkCompleted(framework);
    completedFrameworks.addLast(framework.id());
    while (completedFrameworks.size() > completedFrameworksMax) {
      completedFrameworks.removeFirst();
    }
  }

  boolean isCompleted(FrameworkId id) {
    return completedFrameworks.contains(id);
  }

  Collection<Agent> agents() {
    return Collections.unmodifiableCollection(agents.values());
  }

  Optional<Agent> agent(AgentId id) {
    return Optional.ofNullable(agents.get(id));
  }

  Optional<Agent> agent(StreamId stream) {
    return Optional.ofNullable(agentsByStream.get(stream));
  }

  /** The agent that serves on that host and port, if one is known. */
  Optional<Agent> agentAt(String hostname, int port) {
    return Optional.ofNullable(agentsByAddress.get(new HostAndPort(hostname, port)));
  }

  void add(Agent agent) {
    agents.put(agent.id(), agent);
    changes.agentAdded(agent);
    agentsByAddress.put(HostAndPort.of(agent), agent);
    unreachableAgents.remove(agent.id());
    agent.stream().ifPresent(stream -> agentsByStream.put(stream, agent));
  }

  void connect(Agent agent, StreamId stream, Instant now) {
    agent.stream().ifPresent(agentsByStream::remove);
    agent.reconnect(stream, now);
    agentsByStream.put(stream, agent);
  }

  void disconnect(Agent agent) {
    agent.stream().ifPresent(agentsByStream::remove);
    agent.disconnect();
  }

  /** The agent is lost; it may come back under its id. */
  void markUnreachable(Agent agent, Instant since) {
    forget(agent);
    markUnreachable(agent.id(), since);
  }

  /** As the other, for an agent that never came back to this master. */
  void markUnreachable(AgentId id, Instant since) {
    unreachableAgents.putLast(id, since);
  }

  void forgetUnreachable(AgentId id) {
    unreachableAgents.remove(id);
  }

  void forgetGone(AgentId id) {
    goneAgents.remove(id);
  }

  /** The agent is gone for good. */
  void remove(Agent agent) {
    forget(agent);
    removedAgents.addLast(agent.id());
    while (removedAgents.size() > REMOVED_AGENTS_MAX) {
      removedAgents.removeFirst();
    }
  }

  boolean isRemoved(AgentId id) {
    return removedAgents.contains(id) || goneAgents.containsKey(id);
  }

  Optional<Instant> unreachableSince(AgentId id) {
    return Optional.ofNullable(unreachableAgents.get(id));
  }

  SortedMap<AgentId, Instant> unreachableAgents() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(unreachableAgents));
  }

  private void forget(Agent agent) {
    changes.agentRemoved(agent.id());
    agent.stream().ifPresent(agentsByStream::remove);
    agents.remove(agent.id());
    agentsByAddress.remove(HostAndPort.of(agent), agent);
  }

  /** Carries out what may change the agent's address. */
  void addressed(Agent agent, Runnable change) {
    agentsByAddress.remove(HostAndPort.of(agent), agent);
    change.run();
    agentsByAddress.put(HostAndPort.of(agent), agent);
  }

  void markGone(AgentId id, Instant now) {
    unreachableAgents.remove(id);
    goneAgents.put(id, now);
  }

  SortedMap<AgentId, Instant> goneAgents() {
    return Collections.unmodifiableSortedMap(goneAgents);
  }
}

package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
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
  /** As many as Mesos's registry keeps. */
  private static final int UNREACHABLE_AGENTS_MAX = 102_400;

  private static final int REMOVED_AGENTS_MAX = 10_000;

  private final int completedFrameworksMax;
  private final SortedMap<FrameworkId, Framework> frameworks = new TreeMap<>();
  private final Map<StreamId, Framework> frameworksByStream = new LinkedHashMap<>();
  private final Deque<MasterSnapshot.FrameworkView> completedFrameworks = new ArrayDeque<>();
  private final SortedMap<AgentId, Agent> agents = new TreeMap<>();
  private final Map<StreamId, Agent> agentsByStream = new LinkedHashMap<>();

  /** Oldest loss first. */
  private final SequencedMap<AgentId, Instant> unreachableAgents = new LinkedHashMap<>();

  /** Ids that were given up for good, oldest first: whoever still bears one must begin anew. */
  private final SequencedSet<AgentId> removedAgents = new LinkedHashSet<>();

  Registry(int completedFrameworksMax) {
    this.completedFrameworksMax = completedFrameworksMax;
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
    completedFrameworks.addLast(framework.view(List.of()));
    while (completedFrameworks.size() > completedFrameworksMax) {
      completedFrameworks.removeFirst();
    }
  }

  boolean isCompleted(FrameworkId id) {
    return completedFrameworks.stream().anyMatch(view -> view.id().equals(id));
  }

  List<MasterSnapshot.FrameworkView> completedFrameworks() {
    return List.copyOf(completedFrameworks);
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
    return agents.values().stream()
        .filter(
            agent -> agent.info().getHostname().equals(hostname) && agent.info().getPort() == port)
        .findFirst();
  }

  void add(Agent agent) {
    agents.put(agent.id(), agent);
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
  void markUnreachable(Agent agent, Instant now) {
    forget(agent);
    unreachableAgents.putLast(agent.id(), now);
    while (unreachableAgents.size() > UNREACHABLE_AGENTS_MAX) {
      unreachableAgents.pollFirstEntry();
    }
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
    return removedAgents.contains(id);
  }

  Optional<Instant> unreachableSince(AgentId id) {
    return Optional.ofNullable(unreachableAgents.get(id));
  }

  SortedMap<AgentId, Instant> unreachableAgents() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(unreachableAgents));
  }

  private void forget(Agent agent) {
    agent.stream().ifPresent(agentsByStream::remove);
    agents.remove(agent.id());
  }
}

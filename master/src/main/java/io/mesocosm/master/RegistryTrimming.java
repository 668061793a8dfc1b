package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * Keeps the lists of unreachable and of gone agents from growing without end: the oldest are
 * forgotten, here and in the registry (contracts/mesos-ha.md G3). Owned by the master's thread.
 */
final class RegistryTrimming {
  private final MasterConfig config;
  private final Registry registry;
  private final AgentRegistrar registrar;
  private final AgentMarks marks;
  private final Outbox outbox;

  RegistryTrimming(
      MasterConfig config,
      Registry registry,
      AgentRegistrar registrar,
      AgentMarks marks,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.registrar = registrar;
    this.marks = marks;
    this.outbox = outbox;
  }

  void begin(Instant now) {
    outbox.setTimer(new MasterTimer.RegistryTrim(), now.plus(config.registryTrimInterval()));
  }

  void trim(Instant now) {
    begin(now);
    trim(
        registry.unreachableAgents(),
        id -> registrar.forgetUnreachable(id, _ -> registry.forgetUnreachable(id)),
        now);
    trim(registry.goneAgents(), marks::forgetGone, now);
  }

  private void trim(SortedMap<AgentId, Instant> agents, Consumer<AgentId> forget, Instant now) {
    List<Map.Entry<AgentId, Instant>> oldestFirst = new ArrayList<>(agents.entrySet());
    oldestFirst.sort(Map.Entry.comparingByValue(Comparator.naturalOrder()));
    Instant earliest = now.minus(config.registryAgentAgeMax());
    int tooMany = oldestFirst.size() - config.registryAgentsMax();
    for (int i = 0; i < oldestFirst.size(); i++) {
      if (i < tooMany || oldestFirst.get(i).getValue().isBefore(earliest)) {
        forget.accept(oldestFirst.get(i).getKey());
      }
    }
  }
}

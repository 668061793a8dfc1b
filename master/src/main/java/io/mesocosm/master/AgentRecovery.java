package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.registry.RegistryProtos.AdmittedAgent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a new master does about the agents of earlier ones (contracts/mesos-ha.md M6, §5): those
 * that the registry has as admitted are expected back for a while, then become unreachable, unless
 * too many are missing. Owned by the master's thread.
 */
final class AgentRecovery {
  private final MasterConfig config;
  private final Registry registry;
  private final ExpectedAgents expected;
  private final AgentRegistrar registrar;
  private final AgentLoss loss;
  private final Reconciliation reconciliation;
  private final ClusterRecord cluster;
  private final Outbox outbox;
  private boolean registryWasEmpty;
  private boolean warned;

  AgentRecovery(
      MasterConfig config,
      Registry registry,
      ExpectedAgents expected,
      AgentRegistrar registrar,
      AgentLoss loss,
      Reconciliation reconciliation,
      ClusterRecord cluster,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.expected = expected;
    this.registrar = registrar;
    this.loss = loss;
    this.reconciliation = reconciliation;
    this.cluster = cluster;
    this.outbox = outbox;
  }

  /** After the marks of operators and the cluster's own record. */
  void read(List<RegistryRecord> records, Instant now) {
    SortedMap<AgentId, AdmittedAgent> admitted = new TreeMap<>();
    SortedMap<AgentId, Instant> unreachable = new TreeMap<>();
    for (RegistryRecord record : records) {
      if (record.hasAdmitted()) {
        WireIds.agent(record.getAdmitted().getInfo().getId())
            .ifPresent(id -> admitted.put(id, record.getAdmitted()));
      } else if (record.hasUnreachable()) {
        WireIds.agent(record.getUnreachable().getAgentId())
            .ifPresent(
                id -> unreachable.put(id, AgentMark.instant(record.getUnreachable().getSince())));
      }
    }
    admitted.forEach(registrar::found);
    unreachable.forEach(registrar::foundUnreachable);
    repair(admitted, unreachable);
    admitted.forEach(expected::expect);
    unreachable.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
        .forEach(entry -> registry.markUnreachable(entry.getKey(), entry.getValue()));
    boolean namesAgents =
        !admitted.isEmpty() || !unreachable.isEmpty() || !registry.goneAgents().isEmpty();
    registryWasEmpty = !cluster.hadAgents() && !namesAgents;
    if (cluster.hadAgents() && !namesAgents) {
      // Kept in memory only: whoever was admitted is not named.
      expected.bePatient();
    }
    if (expected.mayComeBack(Optional.empty())) {
      outbox.setTimer(
          new MasterTimer.ReregistrationOver(), now.plus(config.agentReregisterTimeout()));
    }
  }

  /** What a crash between two writes has left: of each agent one record counts. */
  private void repair(
      SortedMap<AgentId, AdmittedAgent> admitted, SortedMap<AgentId, Instant> unreachable) {
    SortedSet<AgentId> all = new TreeSet<>(admitted.keySet());
    all.addAll(unreachable.keySet());
    for (AgentId id : all) {
      if (registry.isRemoved(id)) {
        registrar.erase(id);
        admitted.remove(id);
        unreachable.remove(id);
      } else if (admitted.containsKey(id) && unreachable.containsKey(id)) {
        Instant since =
            Optional.ofNullable(admitted.get(id))
                .map(record -> AgentMark.instant(record.getSince()))
                .orElseThrow();
        Instant lostSince = Optional.ofNullable(unreachable.get(id)).orElseThrow();
        if (lostSince.isAfter(since)) {
          registrar.foundUnreachable(id, lostSince);
          registrar.discardAdmitted(id);
          admitted.remove(id);
        } else {
          registrar.found(id, Optional.ofNullable(admitted.get(id)).orElseThrow());
          registrar.discardUnreachable(id);
          unreachable.remove(id);
        }
      }
    }
  }

  /**
   * An agent comes back that neither the registry nor this master knows. If that registry never
   * heard of any agent, it is not the one that the agent was admitted to.
   */
  void stranger(AgentId id, Instant now) {
    if (!registryWasEmpty || !expected.isForeign(id)) {
      return;
    }
    outbox.count("master/strangers_to_an_empty_registry");
    if (!warned) {
      warned = true;
      outbox.add(
          new MasterEffect.Warn(
              "agent "
                  + id
                  + " was admitted by an earlier master, but the registry is empty: if it was lost"
                  + " or this is the wrong --zk or --work_dir, then quotas, weights, maintenance,"
                  + " drains and gone agents are missing: bring a backup back with 'cosm registry"
                  + " import'"));
      // Others may follow: what they run is not unknown before they had their time.
      expected.bePatient();
      outbox.setTimer(
          new MasterTimer.ReregistrationOver(), now.plus(config.agentReregisterTimeout()));
    }
  }

  /** Agents of earlier masters have had their time to come back. */
  void reregistrationOver(Instant now) {
    expected.patienceIsOver();
    List<AgentId> missing = expected.all();
    if (expected.missing() > config.recoveryAgentRemovalMax()) {
      outbox.add(
          new MasterEffect.Abort(
              String.format(
                  Locale.ROOT,
                  "%d of %d agents are missing %s after this master began to lead, more than"
                      + " --recovery_agent_removal_limit=%s%% allows to give up: look for what"
                      + " keeps them away, or raise the limit",
                  missing.size(),
                  expected.named(),
                  config.agentReregisterTimeout(),
                  config.recoveryAgentRemovalMax() * 100)));
      return;
    }
    missing.forEach(id ->
        loss.due(
            id,
            "it did not come back within "
                + config.agentReregisterTimeout()
                + " after a new master began to lead",
            now));
    reconciliation.patienceIsOver(now);
  }
}

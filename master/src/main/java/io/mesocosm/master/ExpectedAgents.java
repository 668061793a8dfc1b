package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.registry.RegistryProtos.AdmittedAgent;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.Resource;

/**
 * Agents that an earlier master admitted and that have not come back to this one yet. While they
 * are out, nobody knows what they run (contracts/mesos-scheduler-api.md R2).
 *
 * <p>A registry that keeps nothing, or was lost, does not name them: then any agent with an id of
 * another master may come back, for as long as {@link #bePatient} holds.
 */
final class ExpectedAgents {
  private final String ownPrefix;
  private final SortedMap<AgentId, AdmittedAgent> byId = new TreeMap<>();

  /** Sums of what they have, by resource name. */
  private final SortedMap<String, Scalar> resources = new TreeMap<>();

  private long changes;
  private int named;
  private boolean patient;

  ExpectedAgents(MasterConfig config) {
    this.ownPrefix = config.masterId() + "-S";
  }

  void expect(AgentId id, AdmittedAgent record) {
    settled(id);
    byId.put(id, record);
    count(record, Scalar::plus);
    named++;
  }

  /** It is back, or has ended. */
  void settled(AgentId id) {
    Optional.ofNullable(byId.remove(id)).ifPresent(record -> count(record, Scalar::minusAtMost));
  }

  private void count(AdmittedAgent record, BinaryOperator<Scalar> change) {
    changes++;
    for (Resource entry : record.getInfo().getResourcesList()) {
      double amount = entry.getScalar().getValue();
      // Quotas do not count what is revocable; what is no amount was never let in.
      if (entry.hasScalar()
          && !entry.hasRevocable()
          && Double.isFinite(amount)
          && amount > 0
          && amount <= Scalar.AMOUNT_MAX) {
        Scalar before = resources.getOrDefault(entry.getName(), Scalar.ZERO);
        resources.put(entry.getName(), change.apply(before, Scalar.of(amount)));
      }
    }
    if (byId.isEmpty()) {
      resources.clear(); // whatever was too much to count
    }
  }

  /**
   * What they have of each resource, reserved or not: at most so much runs there. Of one that was
   * admitted without resources nothing is known.
   */
  SortedMap<String, Scalar> resources() {
    return Collections.unmodifiableSortedMap(resources);
  }

  /** Grows whenever {@link #resources} changes. */
  long changes() {
    return changes;
  }

  boolean isExpected(AgentId id) {
    return byId.containsKey(id);
  }

  Optional<AdmittedAgent> find(AgentId id) {
    return Optional.ofNullable(byId.get(id));
  }

  List<AgentId> all() {
    return List.copyOf(byId.keySet());
  }

  /** How many of those that the registry named are missing, from 0 to 1. */
  double missing() {
    return named == 0 ? 0 : (double) byId.size() / named;
  }

  int named() {
    return named;
  }

  /** Agents may come back that nobody has named. */
  void bePatient() {
    patient = true;
  }

  void patienceIsOver() {
    patient = false;
  }

  boolean isPatient() {
    return patient;
  }

  /** Whether this master cannot have given out the id. */
  boolean isForeign(AgentId id) {
    return !id.value().startsWith(ownPrefix);
  }

  /** Whether the agent, or some agent if none is named, may yet come back. */
  boolean mayComeBack(Optional<AgentId> agent) {
    return agent.isPresent()
        ? byId.containsKey(agent.get()) || (patient && isForeign(agent.get()))
        : patient || !byId.isEmpty();
  }

  SortedMap<AgentId, AgentInfo> infos() {
    SortedMap<AgentId, AgentInfo> infos = new TreeMap<>();
    byId.forEach((id, record) -> infos.put(id, record.getInfo()));
    return Collections.unmodifiableSortedMap(infos);
  }
}

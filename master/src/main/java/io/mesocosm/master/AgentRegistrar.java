package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.AdmittedAgent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;

/**
 * Which agents the registry has as admitted and as unreachable (contracts/mesos-ha.md A4, A8, F2).
 *
 * <p>An agent that changes from one to the other is written under its new name first, and then
 * removed from under the old: a crash in between leaves both, and the one with the newer time
 * counts. So the time of every record of an agent is later than that of the one before, whatever
 * the clock says. Owned by the master's thread.
 */
final class AgentRegistrar {
  private final Records records;

  /** As stored; without those that are being written as unreachable. */
  private final Map<AgentId, AdmittedAgent> admitted = new LinkedHashMap<>();

  private final Map<AgentId, Instant> newest = new LinkedHashMap<>();

  AgentRegistrar(Records records) {
    this.records = records;
  }

  /** An earlier master wrote it. */
  void found(AgentId id, AdmittedAgent record) {
    records.found(admittedName(id));
    admitted.put(id, record);
    newest.put(id, AgentMark.instant(record.getSince()));
  }

  /** An earlier master wrote it; said after {@link #found}, it is the newer. */
  void foundUnreachable(AgentId id, Instant since) {
    records.found(unreachableName(id));
    admitted.remove(id);
    newest.put(id, since);
  }

  /** Whether the agent is admitted as just that, so that nothing needs to be written. */
  boolean isAdmitted(AgentId id, AgentInfo info, String ip) {
    return Optional.ofNullable(admitted.get(id))
        .filter(record -> record.getInfo().equals(info) && record.getIp().equals(ip))
        .isPresent();
  }

  /** Whether the agent is admitted, as whatever. */
  boolean isAdmitted(AgentId id) {
    return admitted.containsKey(id);
  }

  /**
   * @param info with the agent's id
   */
  void admit(
      AgentId id,
      AgentInfo info,
      String ip,
      Instant now,
      Consumer<Instant> stored,
      BiConsumer<String, Instant> failed) {
    Instant since = later(id, now);
    AdmittedAgent record =
        AdmittedAgent.newBuilder().setInfo(info).setIp(ip).setSince(AgentMark.time(since)).build();
    records.put(
        admittedName(id),
        RegistryRecord.newBuilder().setAdmitted(record).build(),
        then -> {
          if (since.equals(newest.get(id))) {
            // Else something newer is being written, and that counts.
            admitted.put(id, record);
            records.discard(unreachableName(id));
          }
          stored.accept(then);
        },
        failed);
  }

  /** A time for the agent's next record. */
  Instant later(AgentId id, Instant now) {
    Instant at =
        Optional.ofNullable(newest.get(id))
            .filter(last -> !now.isAfter(last))
            .map(last -> last.plusNanos(1))
            .orElse(now);
    newest.put(id, at);
    return at;
  }

  /**
   * Writes the agent as unreachable. Whoever wants it admitted must write it anew from now on.
   *
   * @param since from {@link #later}
   */
  void markUnreachable(
      AgentId id, Instant since, Consumer<Instant> stored, BiConsumer<String, Instant> failed) {
    admitted.remove(id);
    records.put(
        unreachableName(id),
        RegistryRecord.newBuilder()
            .setUnreachable(
                RegistryProtos.UnreachableAgent.newBuilder()
                    .setAgentId(AgentID.newBuilder().setValue(id.value()))
                    .setSince(AgentMark.time(since)))
            .build(),
        stored,
        failed);
  }

  /** It is unreachable, and that is done: its other record may go. */
  void discardAdmitted(AgentId id) {
    admitted.remove(id);
    records.discard(admittedName(id));
  }

  void discardUnreachable(AgentId id) {
    records.discard(unreachableName(id));
  }

  /** The agent ends in the registry; others are told when that is stored. */
  void remove(AgentId id, Consumer<Instant> stored, BiConsumer<String, Instant> failed) {
    records.discard(unreachableName(id));
    admitted.remove(id);
    records.delete(admittedName(id), stored, failed);
  }

  /** Something else in the registry says already that the agent has ended. */
  void erase(AgentId id) {
    admitted.remove(id);
    newest.remove(id);
    records.discard(unreachableName(id));
    records.discard(admittedName(id));
  }

  /** The agent was unreachable for so long that nobody remembers it any more. */
  void forgetUnreachable(AgentId id, Consumer<Instant> stored) {
    records.delete(
        unreachableName(id),
        now -> {
          if (!admitted.containsKey(id)) {
            newest.remove(id);
          }
          stored.accept(now);
        },
        (_, _) -> {});
  }

  private static String admittedName(AgentId id) {
    return "admitted/" + id;
  }

  private static String unreachableName(AgentId id) {
    return "unreachable/" + id;
  }
}

package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.DrainInfo;
import org.apache.mesos.v1.Protos.DrainState;
import org.apache.mesos.v1.Protos.TimeInfo;

/**
 * What operators have decided about one agent, and how far it has come; kept in the registry while
 * it is anything at all (contracts/mesos-operator-api.md D1, D3).
 *
 * @param gone since when it is gone for good; its id is never admitted again
 * @param drain set from the first DRAIN_AGENT to REACTIVATE_AGENT
 * @param deactivated by DEACTIVATE_AGENT; draining implies as much
 */
record AgentMark(
    Optional<Instant> gone,
    Optional<DrainInfo> drain,
    Optional<Instant> drainStarted,
    boolean deactivated) {
  static final AgentMark NONE =
      new AgentMark(Optional.empty(), Optional.empty(), Optional.empty(), false);

  boolean isGone() {
    return gone.isPresent();
  }

  boolean isDraining() {
    return drain.filter(info -> info.getState() == DrainState.DRAINING).isPresent();
  }

  boolean keepsFromOffers() {
    return deactivated || drain.isPresent() || isGone();
  }

  AgentMark draining(DrainConfig config, Instant now) {
    DrainInfo info = DrainInfo.newBuilder().setState(DrainState.DRAINING).setConfig(config).build();
    return new AgentMark(gone, Optional.of(info), Optional.of(now), deactivated);
  }

  AgentMark drained() {
    return new AgentMark(
        gone,
        drain.map(info -> info.toBuilder().setState(DrainState.DRAINED).build()),
        drainStarted,
        deactivated);
  }

  AgentMark deactivate() {
    return new AgentMark(gone, drain, drainStarted, true);
  }

  AgentMark gone(Instant now) {
    return new AgentMark(Optional.of(now), drain, drainStarted, deactivated);
  }

  RegistryRecord record(AgentId agent) {
    RegistryProtos.AgentMark.Builder record =
        RegistryProtos.AgentMark.newBuilder()
            .setAgentId(AgentID.newBuilder().setValue(agent.value()))
            .setDeactivated(deactivated);
    gone.ifPresent(at -> record.setGone(time(at)));
    drain.ifPresent(record::setDrain);
    drainStarted.ifPresent(at -> record.setDrainStarted(time(at)));
    return RegistryRecord.newBuilder().setAgentMark(record).build();
  }

  static AgentMark of(RegistryProtos.AgentMark record) {
    return new AgentMark(
        record.hasGone() ? Optional.of(instant(record.getGone())) : Optional.empty(),
        record.hasDrain() ? Optional.of(record.getDrain()) : Optional.empty(),
        record.hasDrainStarted()
            ? Optional.of(instant(record.getDrainStarted()))
            : Optional.empty(),
        record.getDeactivated());
  }

  static TimeInfo time(Instant instant) {
    return TimeInfo.newBuilder()
        .setNanoseconds(instant.getEpochSecond() * 1_000_000_000L + instant.getNano())
        .build();
  }

  static Instant instant(TimeInfo time) {
    return Instant.ofEpochSecond(0, time.getNanoseconds());
  }
}

package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.resource.Conversions.Conversion;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.UUID;

/**
 * What the agent has, and the operations that change it (contracts/mesos-scheduler-api.md OP3 to
 * OP8 and §11). One at a time: an operation counts once it is written down, and only then is the
 * master told. Statuses that a framework asked for are repeated after 10 s, doubling to 10 min,
 * until they are acknowledged.
 */
final class Operations {
  private static final Duration RESEND_MIN = Duration.ofSeconds(10);
  private static final Duration RESEND_MAX = Duration.ofMinutes(10);
  private static final int APPLIED_MAX = 1000;

  private final Registration registration;
  private final VolumePlan volumes;
  private final RandomIds ids;
  private final Effects effects;
  private final SequencedMap<ByteString, Optional<LinkCall.UpdateOperation>> applied =
      new LinkedHashMap<>();
  private final SequencedMap<ByteString, Unacknowledged> unacknowledged = new LinkedHashMap<>();
  private Resources total;
  private boolean changed;
  private Optional<Pending> pending = Optional.empty();
  private boolean acknowledgedMeanwhile;
  private long stores;

  private record Pending(long number, Resources total, LinkCall.UpdateOperation outcome) {}

  private static final class Unacknowledged {
    final LinkCall.UpdateOperation update;
    Duration delay = RESEND_MIN;

    Unacknowledged(LinkCall.UpdateOperation update) {
      this.update = update;
    }
  }

  Operations(
      AgentConfig config,
      Registration registration,
      VolumePlan volumes,
      RandomIds ids,
      Effects effects) {
    this.registration = registration;
    this.volumes = volumes;
    this.ids = ids;
    this.effects = effects;
    StoredState stored = config.stored();
    this.changed = !stored.total().isEmpty();
    this.total = modelOf(changed ? stored.total() : config.agentInfo().getResourcesList());
    stored.applied().forEach(uuid -> applied.put(uuid, Optional.empty()));
    stored
        .operations()
        .forEach(it -> unacknowledged.put(it.getOperationUuid(), new Unacknowledged(it)));
  }

  /** Everything that the agent has. */
  Resources total() {
    return total;
  }

  /** Whether an operation is being written down: what comes after it has to wait. */
  boolean isBusy() {
    return pending.isPresent();
  }

  /** The total for the master, if it is not what the agent was started with. */
  List<Resource> changedTotal() {
    return changed ? ResourceMapping.toProto(total) : List.of();
  }

  List<LinkCall.UpdateOperation> unacknowledged() {
    return unacknowledged.values().stream().map(it -> it.update).toList();
  }

  /** Begins to apply an operation; none may be under way. */
  void apply(LinkEvent.ApplyOperation wanted, Instant now) {
    ByteString uuid = wanted.getOperationUuid();
    if (applied.containsKey(uuid)) {
      repeat(uuid, now);
      return;
    }
    Offer.Operation operation = wanted.getOperation();
    try {
      Conversion conversion = OperationConversion.of(operation);
      Optional<String> problem =
          total.contains(conversion.consumed())
              ? volumes.problem(operation, ResourceMapping.toProto(total))
              : Optional.of(
                  "the agent does not have " + conversion.consumed() + ": its total is " + total);
      if (problem.isPresent()) {
        finish(outcome(wanted, OperationState.OPERATION_FAILED, problem.get(), List.of()), now);
        return;
      }
      Resources next = total.minus(conversion.consumed()).plus(conversion.converted());
      LinkCall.UpdateOperation outcome =
          outcome(
              wanted,
              OperationState.OPERATION_FINISHED,
              "",
              ResourceMapping.toProto(conversion.converted()));
      stores++;
      pending = Optional.of(new Pending(stores, next, outcome));
      effects.add(
          new AgentEffect.Store(
              stores,
              state(next, Optional.of(outcome)),
              volumes.before(operation),
              volumes.after(operation)));
    } catch (InvalidMessageException | IllegalArgumentException | ArithmeticException e) {
      finish(
          outcome(
              wanted, OperationState.OPERATION_FAILED, String.valueOf(e.getMessage()), List.of()),
          now);
    }
  }

  void stored(long number, Instant now) {
    pending
        .filter(it -> it.number() == number)
        .ifPresent(it -> {
          pending = Optional.empty();
          total = it.total();
          changed = true;
          finish(it.outcome(), now);
        });
  }

  void storeFailed(long number, String message, Instant now) {
    pending
        .filter(it -> it.number() == number)
        .ifPresent(it -> {
          pending = Optional.empty();
          LinkCall.UpdateOperation.Builder outcome = it.outcome().toBuilder();
          outcome
              .getStatusBuilder()
              .setState(OperationState.OPERATION_FAILED)
              .setMessage("the agent could not write the operation down: " + message)
              .clearConvertedResources();
          finish(outcome.build(), now);
        });
  }

  void acknowledged(LinkEvent.OperationAcknowledged acknowledgement) {
    ByteString uuid = acknowledgement.getOperationUuid();
    Unacknowledged known = unacknowledged.get(uuid);
    if (known == null
        || !known.update.getStatus().getUuid().getValue().equals(acknowledgement.getStatusUuid())) {
      return;
    }
    unacknowledged.remove(uuid);
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.ResendOperation(uuid)));
    if (pending.isPresent()) {
      acknowledgedMeanwhile = true;
    } else {
      writeDown();
    }
  }

  /** Nothing waits for this one: at worst a status is sent once too often. */
  private void writeDown() {
    acknowledgedMeanwhile = false;
    stores++;
    effects.add(
        new AgentEffect.Store(stores, state(total, Optional.empty()), List.of(), List.of()));
  }

  void resendDue(ByteString uuid, Instant now) {
    Unacknowledged known = unacknowledged.get(uuid);
    if (known != null) {
      Duration doubled = known.delay.multipliedBy(2);
      known.delay = doubled.compareTo(RESEND_MAX) < 0 ? doubled : RESEND_MAX;
      send(known, now);
    }
  }

  /** The link is gone: repeating rests until {@link #resume}. */
  void pause() {
    unacknowledged
        .keySet()
        .forEach(
            uuid -> effects.add(new AgentEffect.CancelTimer(new AgentTimer.ResendOperation(uuid))));
  }

  void resume(Instant now) {
    unacknowledged
        .values()
        .forEach(known -> {
          known.delay = RESEND_MIN;
          send(known, now);
        });
  }

  private void repeat(ByteString uuid, Instant now) {
    Unacknowledged known = unacknowledged.get(uuid);
    if (known != null) {
      send(known, now);
    } else {
      applied.getOrDefault(uuid, Optional.empty()).ifPresent(it -> registration.tell(call(it)));
    }
  }

  private void finish(LinkCall.UpdateOperation outcome, Instant now) {
    applied.put(outcome.getOperationUuid(), Optional.of(outcome));
    if (applied.size() > APPLIED_MAX) {
      applied.pollFirstEntry();
    }
    if (outcome.getStatus().hasUuid()) {
      Unacknowledged fresh = new Unacknowledged(outcome);
      unacknowledged.put(outcome.getOperationUuid(), fresh);
      send(fresh, now);
    } else {
      registration.tell(call(outcome));
    }
    if (acknowledgedMeanwhile) {
      writeDown();
    }
  }

  private void send(Unacknowledged known, Instant now) {
    if (registration.isRegistered()) {
      registration.send(call(known.update));
      effects.add(
          new AgentEffect.SetTimer(
              new AgentTimer.ResendOperation(known.update.getOperationUuid()),
              now.plus(known.delay)));
    }
  }

  private LinkCall.UpdateOperation outcome(
      LinkEvent.ApplyOperation wanted,
      OperationState state,
      String message,
      List<Resource> converted) {
    OperationStatus.Builder status =
        OperationStatus.newBuilder().setState(state).addAllConvertedResources(converted);
    if (!message.isEmpty()) {
      status.setMessage(message);
    }
    if (wanted.getOperation().hasId()) {
      status
          .setOperationId(wanted.getOperation().getId())
          .setUuid(UUID.newBuilder().setValue(ids.updateUuid()));
    }
    registration
        .agentId()
        .ifPresent(id -> status.setAgentId(AgentID.newBuilder().setValue(id.value())));
    LinkCall.UpdateOperation.Builder outcome =
        LinkCall.UpdateOperation.newBuilder()
            .setOperationUuid(wanted.getOperationUuid())
            .setStatus(status)
            .setOperation(wanted.getOperation());
    if (wanted.hasFrameworkId()) {
      outcome.setFrameworkId(wanted.getFrameworkId());
    }
    return outcome.build();
  }

  private StoredState state(Resources latest, Optional<LinkCall.UpdateOperation> underWay) {
    List<LinkCall.UpdateOperation> open = new ArrayList<>(unacknowledged());
    underWay.filter(it -> it.getStatus().hasUuid()).ifPresent(open::add);
    List<ByteString> done = new ArrayList<>(applied.sequencedKeySet());
    underWay.ifPresent(it -> done.add(it.getOperationUuid()));
    return new StoredState(ResourceMapping.toProto(latest), open, done);
  }

  private static LinkCall call(LinkCall.UpdateOperation update) {
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.UPDATE_OPERATION)
        .setUpdateOperation(update)
        .build();
  }

  private static Resources modelOf(List<Resource> resources) {
    try {
      return ResourceMapping.toModel(resources);
    } catch (InvalidMessageException e) {
      throw new IllegalStateException("the agent's own resources are not valid: " + resources, e);
    }
  }
}

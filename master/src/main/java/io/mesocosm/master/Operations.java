package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Operation;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * The operations on agents' resources that somebody still waits for: their agents, to carry them
 * out, or their frameworks, to be told and to acknowledge it (contracts/mesos-scheduler-api.md
 * §11). What an operation makes of the resources is booked when it is sent; an agent that fails at
 * it is asked to register again with what it really has. Owned by the master's thread.
 */
final class Operations {
  private final Ids ids;
  private final Registry registry;
  private final Outbox outbox;

  /** By agent, then by the uuid that names the operation between master and agent. */
  private final SortedMap<AgentId, Map<ByteString, KnownOperation>> byAgent = new TreeMap<>();

  Operations(Ids ids, Registry registry, Outbox outbox) {
    this.ids = ids;
    this.registry = registry;
    this.outbox = outbox;
  }

  /**
   * Sends an operation to its agent. The books are the caller's to convert.
   *
   * @param framework whose it is; absent for an operator's
   */
  void start(Agent agent, Optional<Framework> framework, Offer.Operation operation, Instant now) {
    ByteString uuid = ids.nextOperation();
    Offer.Operation bare = OperationMessages.unallocated(operation);
    KnownOperation known = new KnownOperation(uuid, agent.id(), framework.map(Framework::id), bare);
    put(known);
    LinkEvent.ApplyOperation.Builder apply =
        LinkEvent.ApplyOperation.newBuilder().setOperationUuid(uuid).setOperation(bare);
    framework.map(Framework::wireId).ifPresent(apply::setFrameworkId);
    outbox.toAgent(
        agent,
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.APPLY_OPERATION)
            .setApplyOperation(apply)
            .build());
    agent.changed();
  }

  /** An agent tells how an operation fared, once, or until it is acknowledged (F1 to F4). */
  void update(Agent agent, LinkCall.UpdateOperation update, Instant now) {
    outbox.count("master/messages_operation_status_update");
    boolean pending =
        find(agent.id(), update.getOperationUuid())
            .filter(known -> !known.isTerminal())
            .isPresent();
    take(agent, update);
    OperationState state = update.getStatus().getState();
    if (pending && KnownOperation.isTerminal(state) && state != OperationState.OPERATION_FINISHED) {
      // The books say that it was done. Its agent shall say anew what it has.
      outbox.closeAgent(agent.stream());
    }
  }

  private void take(Agent agent, LinkCall.UpdateOperation update) {
    Optional<KnownOperation> found =
        find(agent.id(), update.getOperationUuid()).or(() -> learn(agent, update));
    agent.changed();
    if (found.isEmpty()) {
      outbox.count("master/invalid_operation_status_updates");
      acknowledge(agent, update.getOperationUuid(), update.getStatus());
      return;
    }
    outbox.count("master/valid_operation_status_updates");
    KnownOperation known = found.get();
    OperationStatus status = OperationMessages.status(update.getStatus(), known);
    known.record(status);
    if (known.isTerminal()) {
      count(known.type(), OperationMessages.shortName(status.getState()));
    }
    Optional<Framework> framework = known.framework().flatMap(registry::framework);
    boolean awaited =
        known.id().isPresent() && known.framework().filter(this::isAwaited).isPresent();
    if (awaited) {
      framework.ifPresent(to -> tell(to, status));
    }
    if (!status.hasUuid()) {
      if (known.isTerminal()) {
        remove(known);
      }
    } else if (!awaited) {
      // Nobody will ever acknowledge it.
      acknowledge(agent, known.uuid(), status);
      if (known.isTerminal()) {
        remove(known);
      }
    }
  }

  private boolean isAwaited(FrameworkId framework) {
    return !registry.isCompleted(framework);
  }

  /** What an earlier master had sent. */
  private Optional<KnownOperation> learn(Agent agent, LinkCall.UpdateOperation update) {
    if (!update.hasOperation() || update.getOperationUuid().isEmpty()) {
      return Optional.empty();
    }
    KnownOperation known =
        new KnownOperation(
            update.getOperationUuid(),
            agent.id(),
            WireIds.valid(update.getFrameworkId().getValue()).map(FrameworkId::new),
            update.getOperation());
    put(known);
    return Optional.of(known);
  }

  /**
   * An agent is back. Of what it does not name, it has done what wants no answer, and will never do
   * what does: that got lost.
   *
   * @param told those whose last status was not acknowledged
   */
  void agentReregistered(Agent agent, List<LinkCall.UpdateOperation> told, Instant now) {
    Set<ByteString> named = new HashSet<>();
    told.forEach(update -> named.add(update.getOperationUuid()));
    for (KnownOperation known : List.copyOf(knownOn(agent.id()))) {
      if (named.contains(known.uuid())) {
        continue;
      }
      remove(known);
      if (known.id().isPresent() && !known.isTerminal()) {
        count(known.type(), "dropped");
        known
            .framework()
            .flatMap(registry::framework)
            .ifPresent(framework ->
                tell(
                    framework,
                    OperationMessages.status(
                        known,
                        OperationState.OPERATION_DROPPED,
                        "The operation never reached agent " + agent.id())));
      }
    }
    told.forEach(update -> take(agent, update));
    agent.changed();
  }

  /** The agent is out of touch or gone, and what was under way there with it (F9). */
  void agentLost(Agent agent, OperationState state, Instant now) {
    for (KnownOperation known : List.copyOf(knownOn(agent.id()))) {
      remove(known);
      if (!known.isTerminal()) {
        count(known.type(), OperationMessages.shortName(state));
      }
      if (known.id().isPresent()) {
        known
            .framework()
            .flatMap(registry::framework)
            .ifPresent(framework ->
                tell(
                    framework,
                    OperationMessages.status(
                        known,
                        state,
                        "Agent " + agent.info().getHostname() + " is out of touch or gone")));
      }
    }
  }

  /** Nobody waits for the framework's operations any more; what its agents do is done. */
  void frameworkRemoved(FrameworkId framework) {
    for (KnownOperation known : of(framework)) {
      known
          .unacknowledged()
          .ifPresent(status -> {
            registry
                .agent(known.agent())
                .ifPresent(agent -> acknowledge(agent, known.uuid(), status));
            remove(known);
          });
    }
  }

  /** A framework has a status in hand (C15, F6). */
  void acknowledge(Framework framework, Call.AcknowledgeOperationStatus call) {
    outbox.count("master/messages_operation_status_update_acknowledgement");
    Optional<Agent> agent =
        WireIds.agent(call.getAgentId()).flatMap(registry::agent).filter(Agent::isConnected);
    Optional<KnownOperation> found =
        agent.stream()
            .flatMap(on -> knownOn(on.id()).stream())
            .filter(known -> known.framework().filter(framework.id()::equals).isPresent())
            .filter(known -> known.id().filter(call.getOperationId()::equals).isPresent())
            .filter(known ->
                known
                    .unacknowledged()
                    .filter(status -> status.getUuid().getValue().equals(call.getUuid()))
                    .isPresent())
            .findFirst();
    if (found.isEmpty()) {
      outbox.count("master/invalid_operation_status_update_acknowledgements");
      return;
    }
    outbox.count("master/valid_operation_status_update_acknowledgements");
    KnownOperation known = found.get();
    acknowledge(agent.orElseThrow(), known.uuid(), known.unacknowledged().orElseThrow());
    known.acknowledged();
    if (known.isTerminal()) {
      remove(known);
    }
  }

  /**
   * Tells a framework of its operations: all of them if none is named (F7, F8).
   *
   * @param mayComeBack whether an agent, or any if none is named, may yet come back from an earlier
   *     master's time
   */
  void reconcile(
      Framework framework,
      Call.ReconcileOperations call,
      Predicate<Optional<AgentId>> mayComeBack) {
    outbox.count("master/messages_reconcile_operations");
    if (call.getOperationsCount() == 0) {
      of(framework.id()).stream()
          .filter(known -> known.id().isPresent())
          .forEach(known -> tell(framework, OperationMessages.latest(known)));
      return;
    }
    for (Call.ReconcileOperations.Operation asked : call.getOperationsList()) {
      Optional<KnownOperation> known = find(framework.id(), asked.getOperationId());
      if (known.isPresent()) {
        tell(framework, OperationMessages.latest(known.get()));
        continue;
      }
      OperationStatus.Builder status =
          OperationStatus.newBuilder()
              .setOperationId(asked.getOperationId())
              .setState(
                  unknown(
                      asked.hasAgentId() ? WireIds.agent(asked.getAgentId()) : Optional.empty(),
                      mayComeBack));
      if (asked.hasAgentId()) {
        status.setAgentId(asked.getAgentId());
      }
      if (asked.hasResourceProviderId()) {
        status.setResourceProviderId(asked.getResourceProviderId());
      }
      tell(framework, status.build());
    }
  }

  private OperationState unknown(
      Optional<AgentId> agent, Predicate<Optional<AgentId>> mayComeBack) {
    if (agent.flatMap(registry::agent).isPresent()) {
      return OperationState.OPERATION_UNKNOWN;
    }
    if (agent.flatMap(registry::unreachableSince).isPresent()) {
      return OperationState.OPERATION_UNREACHABLE;
    }
    if (agent.filter(registry.goneAgents()::containsKey).isPresent()) {
      return OperationState.OPERATION_GONE_BY_OPERATOR;
    }
    return mayComeBack.test(agent)
        ? OperationState.OPERATION_RECOVERING
        : OperationState.OPERATION_UNKNOWN;
  }

  /** Whether an operation of that id is still under way: another must not be called the same. */
  boolean isKnown(FrameworkId framework, OperationID id) {
    return find(framework, id).isPresent();
  }

  private void count(Offer.Operation.Type type, String state) {
    outbox.count("master/operations/" + state);
    outbox.count("master/operations/" + type.name().toLowerCase(Locale.ROOT) + "/" + state);
  }

  /** A framework asked to be told of an operation, and it cannot be done. */
  void refuse(Framework framework, Offer.Operation operation, AgentId agent, String message) {
    count(operation.getType(), "error");
    if (operation.hasId()) {
      tell(framework, OperationMessages.error(operation.getId(), agent, message));
    }
  }

  /** Under way, or waiting for an acknowledgement, on one agent. */
  Collection<Operation> on(AgentId agent) {
    List<Operation> messages = new ArrayList<>();
    knownOn(agent).forEach(known -> messages.add(known.message()));
    return messages;
  }

  Collection<Operation> all() {
    List<Operation> messages = new ArrayList<>();
    byAgent.values().forEach(known -> known.values().forEach(each -> messages.add(each.message())));
    return messages;
  }

  private void acknowledge(Agent agent, ByteString uuid, OperationStatus status) {
    if (status.hasUuid()) {
      outbox.toAgent(
          agent,
          LinkEvent.newBuilder()
              .setType(LinkEvent.Type.OPERATION_ACKNOWLEDGED)
              .setOperationAcknowledged(
                  LinkEvent.OperationAcknowledged.newBuilder()
                      .setOperationUuid(uuid)
                      .setStatusUuid(status.getUuid().getValue()))
              .build());
    }
  }

  private void tell(Framework framework, OperationStatus status) {
    outbox.toScheduler(framework, OperationMessages.event(status));
  }

  private Collection<KnownOperation> knownOn(AgentId agent) {
    return byAgent.getOrDefault(agent, Map.of()).values();
  }

  private List<KnownOperation> of(FrameworkId framework) {
    return byAgent.values().stream()
        .flatMap(known -> known.values().stream())
        .filter(known -> known.framework().filter(framework::equals).isPresent())
        .toList();
  }

  private Optional<KnownOperation> find(AgentId agent, ByteString uuid) {
    return Optional.ofNullable(byAgent.getOrDefault(agent, Map.of()).get(uuid));
  }

  private Optional<KnownOperation> find(FrameworkId framework, OperationID id) {
    return of(framework).stream()
        .filter(known -> known.id().filter(id::equals).isPresent())
        .findFirst();
  }

  private void put(KnownOperation known) {
    byAgent.computeIfAbsent(known.agent(), _ -> new LinkedHashMap<>()).put(known.uuid(), known);
  }

  private void remove(KnownOperation known) {
    Map<ByteString, KnownOperation> there = byAgent.getOrDefault(known.agent(), Map.of());
    if (there.remove(known.uuid()) != null && there.isEmpty()) {
      byAgent.remove(known.agent());
    }
    registry.agent(known.agent()).ifPresent(Agent::changed);
  }
}

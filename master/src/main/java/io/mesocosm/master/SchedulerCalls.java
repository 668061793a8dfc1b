package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.access.Principal;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Hands the calls of subscribed schedulers to whoever knows what they mean. */
final class SchedulerCalls {
  private final Registry registry;
  private final Accepting accepting;
  private final Subscriptions subscriptions;
  private final Tasks tasks;
  private final Executors executors;
  private final Operations operations;
  private final Reconciliation reconciliation;
  private final InverseOffers inverseOffers;
  private final Outbox outbox;

  SchedulerCalls(
      MasterConfig config,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Subscriptions subscriptions,
      Tasks tasks,
      Executors executors,
      Operations operations,
      Reconciliation reconciliation,
      InverseOffers inverseOffers,
      Outbox outbox) {
    this.registry = registry;
    this.accepting = new Accepting(config, registry, allocator, offers, operations, outbox);
    this.subscriptions = subscriptions;
    this.tasks = tasks;
    this.executors = executors;
    this.operations = operations;
    this.reconciliation = reconciliation;
    this.inverseOffers = inverseOffers;
    this.outbox = outbox;
  }

  void handle(MasterCommand.SchedulerCall command, Instant now) {
    answer(command.request(), one(command.call(), command.stream(), command.principal(), now));
  }

  /** The batch extension: every call is made, whatever became of those before it. */
  void handle(MasterCommand.SchedulerCalls command, Instant now) {
    CallAnswer answer = new CallAnswer.Accepted();
    for (Call call : command.calls()) {
      CallAnswer own = one(call, command.stream(), command.principal(), now);
      if (own instanceof CallAnswer.Refused && !(answer instanceof CallAnswer.Refused)) {
        answer = own;
      }
    }
    answer(command.request(), answer);
  }

  private void answer(long request, CallAnswer answer) {
    outbox.add(new MasterEffect.Answer(request, answer));
  }

  /** Rows 11 to 16 of the contract's table of answers, in this order. */
  private CallAnswer one(
      Call call, Optional<StreamId> stream, Optional<Principal> principal, Instant now) {
    Optional<Framework> found =
        WireIds.valid(call.getFrameworkId().getValue())
            .map(FrameworkId::new)
            .flatMap(registry::framework);
    if (found.isEmpty()) {
      return new CallAnswer.Refused(400, "Framework cannot be found");
    }
    Framework framework = found.get();
    Optional<String> who = principal.flatMap(Principal::value);
    if (who.isPresent() && !who.get().equals(framework.info().getPrincipal())) {
      return new CallAnswer.Refused(
          400,
          "Authenticated principal '"
              + who.get()
              + "' does not match principal '"
              + framework.info().getPrincipal()
              + "' set in FrameworkInfo");
    }
    if (!framework.isConnected()) {
      return new CallAnswer.Refused(403, "Framework is not subscribed");
    }
    if (stream.isEmpty()) {
      return new CallAnswer.Refused(
          400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
    }
    if (!stream.equals(framework.stream())) {
      return new CallAnswer.Refused(
          400,
          "The stream ID '"
              + stream.get()
              + "' included in this request didn't match the stream ID currently associated with"
              + " framework ID "
              + framework.id());
    }
    return dispatch(framework, call, now);
  }

  private CallAnswer dispatch(Framework framework, Call call, Instant now) {
    framework.tally().called(call.getType());
    switch (call.getType()) {
      case TEARDOWN -> subscriptions.remove(framework, now);
      case ACCEPT -> accepting.accept(framework, call.getAccept(), now);
      case DECLINE -> accepting.decline(framework, call.getDecline(), now);
      case ACCEPT_INVERSE_OFFERS ->
          inverseOffers.accept(framework, call.getAcceptInverseOffers(), now);
      case DECLINE_INVERSE_OFFERS ->
          inverseOffers.decline(framework, call.getDeclineInverseOffers(), now);
      case REVIVE -> {
        inverseOffers.revive(framework);
        subscriptions.revive(framework, call.getRevive().getRolesList(), now);
      }
      case SUPPRESS -> subscriptions.suppress(framework, call.getSuppress().getRolesList());
      case KILL -> tasks.kill(framework, call.getKill(), now);
      case SHUTDOWN -> executors.shutdown(framework, call.getShutdown());
      case MESSAGE -> executors.send(framework, call.getMessage());
      case ACKNOWLEDGE -> tasks.acknowledge(framework, call.getAcknowledge(), now);
      case ACKNOWLEDGE_OPERATION_STATUS ->
          operations.acknowledge(framework, call.getAcknowledgeOperationStatus());
      case RECONCILE -> reconciliation.reconcile(framework, call.getReconcile(), now);
      case RECONCILE_OPERATIONS ->
          operations.reconcile(
              framework, call.getReconcileOperations(), reconciliation::mayComeBack);
      case UPDATE_FRAMEWORK -> {
        return subscriptions.update(framework, call.getUpdateFramework(), now);
      }
      // The allocator looks at what there is, not at what is asked for (C11).
      case REQUEST -> outbox.count("master/messages_resource_request");
      case SUBSCRIBE, UNKNOWN -> {
        return new CallAnswer.Refused(501, "Received unknown call type " + call.getType());
      }
    }
    return new CallAnswer.Accepted();
  }
}

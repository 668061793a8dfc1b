package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.runtime.Core;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The core of the leading master: takes one command at a time, hands it to the aggregate that
 * knows, and returns what is to be done. Contract: contracts/mesos-scheduler-api.md; the checks on
 * the form of a call are the shell's.
 */
public final class Master implements Core<MasterCommand, MasterEffect> {
  private final Outbox outbox = new Outbox();
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Reconciliation reconciliation;
  private final Tasks tasks;
  private final Accepting accepting;
  private final Subscriptions subscriptions;
  private final AgentLinks agentLinks;

  public Master(MasterConfig config, Allocator allocator) {
    this.allocator = allocator;
    this.registry = new Registry(config.completedFrameworksMax());
    Ids ids = new Ids(config.masterId());
    this.offers = new Offers(config, ids, registry, allocator, outbox);
    this.reconciliation = new Reconciliation(config, registry, outbox);
    this.tasks = new Tasks(registry, allocator, offers, reconciliation, outbox);
    this.accepting = new Accepting(config, registry, allocator, offers, outbox);
    this.subscriptions = new Subscriptions(config, ids, registry, allocator, offers, tasks, outbox);
    this.agentLinks =
        new AgentLinks(config, ids, registry, allocator, offers, tasks, subscriptions, outbox);
  }

  @Override
  public List<MasterEffect> handle(MasterCommand command, Instant now) {
    reconciliation.start(now);
    switch (command) {
      case MasterCommand.SchedulerSubscribe(
              StreamId stream,
              Call call,
              Optional<String> principal) ->
          subscriptions.subscribe(stream, call, principal, now);
      case MasterCommand.SchedulerCall call -> schedulerCall(call, now);
      case MasterCommand.SchedulerStreamClosed(StreamId stream) ->
          subscriptions.disconnected(stream, now);
      case MasterCommand.AgentSubscribe(StreamId stream, LinkCall call, String ip) -> {
        agentLinks.subscribe(stream, call.getSubscribe(), ip, now);
        reconciliation.agentsChanged(now);
      }
      case MasterCommand.AgentCall call -> agentCall(call, now);
      case MasterCommand.AgentStreamClosed(StreamId stream) -> agentLinks.disconnected(stream, now);
      case MasterCommand.TeardownFramework(long request, FrameworkId framework) ->
          teardown(request, framework, now);
      case MasterCommand.TimerFired(MasterTimer timer) -> timerFired(timer, now);
    }
    return outbox.take();
  }

  /** Everything that readers may want to see. On the core's thread. */
  public MasterSnapshot snapshot() {
    SortedMap<io.mesocosm.model.AgentId, MasterSnapshot.AgentView> agents = new TreeMap<>();
    registry.agents().forEach(agent -> agents.put(agent.id(), agent.view(offers.on(agent.id()))));
    SortedMap<FrameworkId, MasterSnapshot.FrameworkView> frameworks = new TreeMap<>();
    registry
        .frameworks()
        .forEach(
            framework -> frameworks.put(framework.id(), framework.view(offers.of(framework.id()))));
    return new MasterSnapshot(
        Collections.unmodifiableSortedMap(agents),
        Collections.unmodifiableSortedMap(frameworks),
        registry.completedFrameworks(),
        registry.unreachableAgents(),
        allocator.dominantShares());
  }

  /** Rows 11 to 16 of the contract's table of answers, in this order. */
  private void schedulerCall(MasterCommand.SchedulerCall command, Instant now) {
    String id = command.call().getFrameworkId().getValue();
    Optional<Framework> found =
        Identifiers.problem(id).isEmpty()
            ? registry.framework(new FrameworkId(id))
            : Optional.empty();
    if (found.isEmpty()) {
      outbox.refuse(command.request(), 400, "Framework cannot be found");
    } else if (command
        .principal()
        .filter(principal -> !principal.equals(found.get().info().getPrincipal()))
        .isPresent()) {
      outbox.refuse(
          command.request(),
          400,
          "Authenticated principal '"
              + command.principal().get()
              + "' does not match principal '"
              + found.get().info().getPrincipal()
              + "' set in FrameworkInfo");
    } else if (!found.get().isConnected()) {
      outbox.refuse(command.request(), 403, "Framework is not subscribed");
    } else if (command.stream().isEmpty()) {
      outbox.refuse(
          command.request(),
          400,
          "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
    } else if (!command.stream().equals(found.get().stream())) {
      outbox.refuse(
          command.request(),
          400,
          "The stream ID '"
              + command.stream().get()
              + "' included in this request didn't match the stream ID currently associated with framework ID "
              + id);
    } else {
      dispatch(found.get(), command.request(), command.call(), now);
    }
  }

  private void dispatch(Framework framework, long request, Call call, Instant now) {
    switch (call.getType()) {
      case TEARDOWN -> {
        outbox.accept(request);
        subscriptions.remove(framework, now);
      }
      case ACCEPT -> accepted(request, () -> accepting.accept(framework, call.getAccept(), now));
      case DECLINE -> accepted(request, () -> accepting.decline(framework, call.getDecline(), now));
      case REVIVE ->
          accepted(
              request, () -> subscriptions.revive(framework, call.getRevive().getRolesList(), now));
      case SUPPRESS ->
          accepted(
              request, () -> subscriptions.suppress(framework, call.getSuppress().getRolesList()));
      case KILL -> accepted(request, () -> tasks.kill(framework, call.getKill(), now));
      case ACKNOWLEDGE ->
          accepted(request, () -> tasks.acknowledge(framework, call.getAcknowledge(), now));
      case RECONCILE ->
          accepted(request, () -> reconciliation.reconcile(framework, call.getReconcile(), now));
      case RECONCILE_OPERATIONS ->
          accepted(request, () -> reconcileOperations(framework, call.getReconcileOperations()));
      case UPDATE_FRAMEWORK ->
          subscriptions
              .update(framework, call.getUpdateFramework(), now)
              .ifPresentOrElse(
                  problem -> outbox.refuse(request, 400, problem), () -> outbox.applied(request));
      // No executor process and no operation of ours could be meant, and no inverse offer is
      // outstanding.
      case SHUTDOWN,
          MESSAGE,
          REQUEST,
          ACCEPT_INVERSE_OFFERS,
          DECLINE_INVERSE_OFFERS,
          ACKNOWLEDGE_OPERATION_STATUS -> {
        outbox.count("master/dropped_messages");
        outbox.accept(request);
      }
      case SUBSCRIBE, UNKNOWN ->
          outbox.refuse(request, 501, "Received unknown call type " + call.getType());
    }
  }

  private void accepted(long request, Runnable action) {
    outbox.accept(request);
    action.run();
  }

  /** No operation is ever known here, as none is supported yet (F7). */
  private void reconcileOperations(Framework framework, Call.ReconcileOperations call) {
    call.getOperationsList()
        .forEach(operation ->
            outbox.toScheduler(
                framework,
                Event.newBuilder()
                    .setType(Event.Type.UPDATE_OPERATION_STATUS)
                    .setUpdateOperationStatus(
                        Event.UpdateOperationStatus.newBuilder()
                            .setStatus(
                                OperationStatus.newBuilder()
                                    .setOperationId(operation.getOperationId())
                                    .setState(OperationState.OPERATION_UNKNOWN)))
                    .build()));
  }

  private void agentCall(MasterCommand.AgentCall command, Instant now) {
    Optional<Agent> agent = command.stream().flatMap(registry::agent);
    if (agent.isEmpty()) {
      outbox.refuse(
          command.request(), 400, "The agent is not subscribed over this stream: subscribe anew");
      return;
    }
    outbox.accept(command.request());
    // Whatever it says, it is alive.
    agentLinks.pong(agent.get());
    switch (command.call().getType()) {
      case UPDATE -> tasks.update(agent.get(), command.call().getUpdate(), now);
      case UNREGISTER -> agentLinks.unregister(agent.get(), now);
      case PONG, SUBSCRIBE, UNKNOWN -> {
        // nothing more to it, or of a later version
      }
    }
  }

  private void teardown(long request, FrameworkId id, Instant now) {
    Optional<Framework> framework = registry.framework(id);
    if (framework.isEmpty()) {
      outbox.refuse(request, 400, "No framework found with specified ID");
      return;
    }
    subscriptions.remove(framework.get(), now);
    outbox.accept(request);
  }

  private void timerFired(MasterTimer timer, Instant now) {
    switch (timer) {
      case MasterTimer.Allocate _, MasterTimer.FilterExpired _ -> offers.allocate(now);
      case MasterTimer.ReregistrationOver _ -> reconciliation.reregistrationOver(now);
      case MasterTimer.OfferTimeout(var offer) ->
          offers.find(offer).ifPresent(held -> offers.rescind(held, now));
      case MasterTimer.PingAgent(var agent) -> agentLinks.ping(agent, now);
      case MasterTimer.AgentLost(var agent) -> agentLinks.silenceTimedOut(agent, now);
      case MasterTimer.FrameworkFailover(var framework) ->
          subscriptions.failoverTimedOut(framework, now);
    }
  }
}

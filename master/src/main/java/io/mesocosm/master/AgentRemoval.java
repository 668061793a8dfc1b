package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** How agents end in the master's books: lost, removed, taken down or given up for good. */
final class AgentRemoval {
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Tasks tasks;
  private final Operations operations;
  private final InverseOffers inverseOffers;
  private final ExpectedAgents expected;
  private final AgentRegistrar registrar;
  private final Reconciliation reconciliation;
  private final Outbox outbox;

  AgentRemoval(
      Registry registry,
      Allocator allocator,
      Offers offers,
      Tasks tasks,
      Operations operations,
      InverseOffers inverseOffers,
      ExpectedAgents expected,
      AgentRegistrar registrar,
      Reconciliation reconciliation,
      Outbox outbox) {
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.tasks = tasks;
    this.operations = operations;
    this.inverseOffers = inverseOffers;
    this.expected = expected;
    this.registrar = registrar;
    this.reconciliation = reconciliation;
    this.outbox = outbox;
  }

  /**
   * Nobody knows what becomes of the agent's tasks: their frameworks are told, and may replace
   * them. Kills that the agent was not told of wait for its return.
   *
   * @param since as the registry has it
   */
  void lose(Agent agent, String why, Instant since, Instant now) {
    outbox.count("master/slave_removals");
    outbox.count("master/slave_removals/reason_unhealthy");
    offers.on(agent.id()).forEach(offer -> offers.rescind(offer, now));
    for (Task task : List.copyOf(agent.tasks())) {
      Optional<Framework> framework = registry.framework(task.framework());
      if (framework.isEmpty()) {
        continue;
      }
      TaskState state = Statuses.aware(framework.get(), TaskState.TASK_UNREACHABLE);
      if (task.isTerminal()) {
        // Only its acknowledgement was outstanding: nobody needs to know more of it.
        framework.get().complete(task);
      } else {
        TaskStatus status =
            Statuses.unreachable(
                task.info().getTaskId(),
                Optional.of(wire(agent.id())),
                state,
                TaskStatus.Reason.REASON_AGENT_REMOVED,
                "Agent " + agent.info().getHostname() + " is unreachable: " + why,
                since,
                now);
        outbox.toScheduler(framework.get(), Statuses.update(status));
        TaskMetrics.count(framework.get(), state, status, outbox);
        task.record(status, TaskState.TASK_UNREACHABLE);
        framework.get().toUnreachable(task);
      }
    }
    agent
        .takeKillsWaiting()
        .forEach((key, policy) ->
            registry
                .framework(key.framework())
                .ifPresent(framework -> framework.killLater(key.task(), policy)));
    operations.agentLost(agent, OperationState.OPERATION_UNREACHABLE, now);
    forget(agent);
    registry.markUnreachable(agent, since);
  }

  /** An agent that this master has never seen has not come back to it. */
  void loseExpected(AgentId id, Instant since) {
    outbox.count("master/slave_removals");
    outbox.count("master/slave_removals/reason_unhealthy");
    outbox.count("master/recovery_slave_removals");
    registry.markUnreachable(id, since);
    tellFailure(id);
  }

  /** The agent is gone for good, and its tasks with it. */
  void remove(Agent agent, String why, Instant now) {
    outbox.count("master/slave_removals");
    end(
        agent,
        _ -> TaskState.TASK_LOST,
        TaskStatus.Reason.REASON_AGENT_REMOVED,
        "Agent " + agent.info().getHostname() + " removed: " + why,
        now);
    operations.agentLost(agent, OperationState.OPERATION_GONE_BY_OPERATOR, now);
    forget(agent);
    registry.remove(agent);
    registrar.erase(agent.id());
    reconciliation.settled(agent.id(), now);
  }

  private void end(
      Agent agent,
      Function<Framework, TaskState> state,
      TaskStatus.Reason reason,
      String message,
      Instant now) {
    offers.on(agent.id()).forEach(offer -> offers.rescind(offer, now));
    for (Task task : List.copyOf(agent.tasks())) {
      Optional<Framework> framework = registry.framework(task.framework());
      if (framework.isPresent()) {
        TaskStatus status =
            Statuses.of(
                task.info().getTaskId(),
                Optional.of(wire(agent.id())),
                state.apply(framework.get()),
                reason,
                message,
                now);
        boolean wasTerminal = task.isTerminal();
        tasks.end(task, framework.get(), Optional.of(agent), status, now);
        if (!wasTerminal) {
          outbox.toScheduler(framework.get(), Statuses.update(status));
        }
      }
    }
  }

  private void forget(Agent agent) {
    outbox.cancelTimer(new MasterTimer.PingAgent(agent.id()));
    outbox.cancelTimer(new MasterTimer.AgentLost(agent.id()));
    outbox.closeAgent(agent.stream());
    allocator.removeAgent(agent.id());
    inverseOffers.removed(agent.id());
    tellFailure(agent.id());
  }

  private void tellFailure(AgentId id) {
    Event failure =
        Event.newBuilder()
            .setType(Event.Type.FAILURE)
            .setFailure(Event.Failure.newBuilder().setAgentId(wire(id)))
            .build();
    registry.frameworks().forEach(framework -> outbox.toScheduler(framework, failure));
  }

  /** Its machine is taken down by an operator: it stops, and is removed. */
  void takeDown(Agent agent, String why, Instant now) {
    tellToStop(agent, why);
    remove(agent, why, now);
  }

  /** It never comes back, by an operator's word: whoever runs there may be replaced (R5, F9). */
  void markGone(AgentId id, String why, Instant now) {
    Optional<Agent> registered = registry.agent(id);
    registered.ifPresent(agent -> {
      tellToStop(agent, why);
      outbox.count("master/slave_removals");
      end(
          agent,
          framework -> Statuses.aware(framework, TaskState.TASK_GONE_BY_OPERATOR),
          TaskStatus.Reason.REASON_AGENT_REMOVED_BY_OPERATOR,
          why,
          now);
      operations.agentLost(agent, OperationState.OPERATION_GONE_BY_OPERATOR, now);
      forget(agent);
      registry.remove(agent);
    });
    for (Framework framework : registry.frameworks()) {
      for (Task task : List.copyOf(framework.unreachableTasks())) {
        if (!task.agent().equals(id)) {
          continue;
        }
        TaskStatus status = gone(framework, task, why, now);
        outbox.toScheduler(framework, Statuses.update(status));
        task.record(status, status.getState());
        framework.complete(task);
      }
    }
    registry.markGone(id, now);
    expected.settled(id);
    registrar.erase(id);
    reconciliation.settled(id, now);
  }

  private TaskStatus gone(Framework framework, Task task, String why, Instant now) {
    return Statuses.of(
        task.info().getTaskId(),
        Optional.of(task.info().getAgentId()),
        Statuses.aware(framework, TaskState.TASK_GONE_BY_OPERATOR),
        TaskStatus.Reason.REASON_AGENT_REMOVED_BY_OPERATOR,
        why,
        now);
  }

  private void tellToStop(Agent agent, String why) {
    outbox.toAgent(
        agent,
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN)
            .setShutdown(LinkEvent.Shutdown.newBuilder().setMessage(why))
            .build());
  }

  private static AgentID wire(AgentId id) {
    return AgentID.newBuilder().setValue(id.value()).build();
  }
}

package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * What becomes of launched tasks: updates up, kills and acknowledgements down, resources back at
 * the end.
 */
final class Tasks {
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Reconciliation reconciliation;
  private final Changes changes;
  private final Outbox outbox;

  Tasks(
      Registry registry,
      Allocator allocator,
      Offers offers,
      Reconciliation reconciliation,
      Changes changes,
      Outbox outbox) {
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.reconciliation = reconciliation;
    this.changes = changes;
    this.outbox = outbox;
  }

  /** A status update came up an agent's link (U1–U9). */
  void update(Agent agent, LinkCall.Update update, Instant now) {
    outbox.count("master/messages_status_update");
    TaskStatus status = update.getStatus();
    if (WireIds.valid(update.getFrameworkId().getValue()).isEmpty()
        || WireIds.task(status.getTaskId()).isEmpty()) {
      outbox.count("master/invalid_status_updates");
      return;
    }
    FrameworkId id = new FrameworkId(update.getFrameworkId().getValue());
    Optional<Framework> framework = registry.framework(id);
    if (framework.isEmpty()) {
      outbox.count("master/invalid_status_updates");
      // Nobody is left to acknowledge it: the agent shall stop asking, and running.
      outbox.toAgent(agent, shutdownFramework(id));
      if (status.hasUuid()) {
        outbox.toAgent(agent, acknowledged(update.getFrameworkId(), status));
      }
      return;
    }
    outbox.count("master/valid_status_updates");
    Optional<Task> known =
        framework
            .get()
            .task(new TaskId(status.getTaskId().getValue()))
            .filter(task -> task.agent().equals(agent.id()));
    known.ifPresent(task -> record(framework.get(), task, agent, update, now));
    outbox.toScheduler(framework.get(), Statuses.update(status));
  }

  private void record(
      Framework framework, Task task, Agent agent, LinkCall.Update update, Instant now) {
    TaskStatus status = update.getStatus();
    TaskState latest =
        update.hasLatestState() && !TaskStates.isTerminal(status.getState())
            ? update.getLatestState()
            : status.getState();
    boolean wasTerminal = task.isTerminal();
    task.record(status, latest);
    if (status.hasUuid()) {
      task.awaitAcknowledgement(status);
    }
    if (task.isTerminal() && !wasTerminal) {
      TaskMetrics.count(framework, task.latestState(), status, outbox);
      release(task, agent, now);
    } else if (task.latestState() == TaskState.TASK_UNREACHABLE) {
      release(task, agent, now);
    }
    changes.taskUpdated(task, status);
  }

  /** A framework has an update in hand: the agent need not send it again (U5). */
  void acknowledge(Framework framework, Call.Acknowledge call, Instant now) {
    outbox.count("master/messages_status_update_acknowledgement");
    Optional<Agent> agent =
        WireIds.agent(call.getAgentId()).flatMap(registry::agent).filter(Agent::isConnected);
    if (agent.isEmpty()) {
      outbox.count("master/invalid_status_update_acknowledgements");
      return;
    }
    outbox.count("master/valid_status_update_acknowledgements");
    Optional<Task> task =
        WireIds.task(call.getTaskId())
            .flatMap(framework::task)
            .filter(own -> own.agent().equals(agent.get().id()));
    if (task.filter(own -> own.acknowledge(call.getUuid())).isPresent()) {
      release(task.get(), agent.get(), now);
      agent.get().remove(task.get());
      framework.complete(task.get());
    } else {
      task.ifPresent(changes::task);
    }
    outbox.toAgent(
        agent.get(),
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_ACKNOWLEDGED)
            .setUpdateAcknowledged(
                LinkEvent.UpdateAcknowledged.newBuilder()
                    .setFrameworkId(framework.wireId())
                    .setTaskId(call.getTaskId())
                    .setUuid(call.getUuid()))
            .build());
  }

  /** A framework wants a task ended (K0–K3). */
  void kill(Framework framework, Call.Kill call, Instant now) {
    outbox.count("master/messages_kill_task");
    Optional<KillPolicy> policy =
        call.hasKillPolicy() ? Optional.of(call.getKillPolicy()) : Optional.empty();
    Optional<Task> task = WireIds.task(call.getTaskId()).flatMap(framework::task);
    if (task.isEmpty()) {
      Call.Reconcile.Task.Builder asked =
          Call.Reconcile.Task.newBuilder().setTaskId(call.getTaskId());
      Optional<AgentId> agent =
          call.hasAgentId() ? WireIds.agent(call.getAgentId()) : Optional.empty();
      if (call.hasAgentId()) {
        asked.setAgentId(call.getAgentId());
      }
      if (reconciliation.mayComeBack(agent)) {
        WireIds.task(call.getTaskId()).ifPresent(id -> framework.killLater(id, policy));
      }
      reconciliation.explain(framework, asked.build(), now);
      return;
    }
    if (call.hasAgentId() && !call.getAgentId().getValue().equals(task.get().agent().value())) {
      return; // K2
    }
    registry
        .agent(task.get().agent())
        .ifPresent(agent -> {
          if (agent.isConnected()) {
            outbox.toAgent(agent, killTask(framework.id(), task.get().id(), policy));
          } else {
            agent.killLater(task.get(), policy);
          }
        });
  }

  /** What the agent could not be told while its link was down. */
  void sendWaitingKills(Agent agent) {
    agent
        .takeKillsWaiting()
        .forEach(
            (key, policy) -> outbox.toAgent(agent, killTask(key.framework(), key.task(), policy)));
  }

  /**
   * Ends a task in the master's books, without its agent's word; the status is for the framework.
   */
  void end(Task task, Framework framework, Optional<Agent> agent, TaskStatus status, Instant now) {
    if (!task.isTerminal()) {
      task.record(status, status.getState());
      TaskMetrics.count(framework, task.latestState(), status, outbox);
    }
    agent.ifPresent(on -> {
      release(task, on, now);
      on.remove(task);
    });
    framework.complete(task);
  }

  /** Gives back what the task held. What its executor holds is given back when that has ended. */
  void release(Task task, Agent agent, Instant now) {
    if (!task.holdsResources()) {
      return;
    }
    agent.released(task);
    allocator.recover(task.framework(), agent.id(), task.resources(), Optional.empty());
    offers.allocateSoon(now);
  }

  static LinkEvent shutdownFramework(FrameworkId id) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.SHUTDOWN_FRAMEWORK)
        .setShutdownFramework(
            LinkEvent.ShutdownFramework.newBuilder()
                .setFrameworkId(FrameworkID.newBuilder().setValue(id.value())))
        .build();
  }

  private static LinkEvent acknowledged(FrameworkID framework, TaskStatus status) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.UPDATE_ACKNOWLEDGED)
        .setUpdateAcknowledged(
            LinkEvent.UpdateAcknowledged.newBuilder()
                .setFrameworkId(framework)
                .setTaskId(status.getTaskId())
                .setUuid(status.getUuid()))
        .build();
  }

  static LinkEvent killTask(FrameworkId framework, TaskId task, Optional<KillPolicy> policy) {
    LinkEvent.KillTask.Builder kill =
        LinkEvent.KillTask.newBuilder()
            .setFrameworkId(FrameworkID.newBuilder().setValue(framework.value()))
            .setTaskId(org.apache.mesos.v1.Protos.TaskID.newBuilder().setValue(task.value()));
    policy.ifPresent(kill::setKillPolicy);
    return LinkEvent.newBuilder().setType(LinkEvent.Type.KILL_TASK).setKillTask(kill).build();
  }
}

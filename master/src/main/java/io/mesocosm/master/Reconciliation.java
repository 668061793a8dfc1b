package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.TaskId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Tells a framework what its tasks are doing (contracts/mesos-scheduler-api.md §10). */
final class Reconciliation {
  private static final TaskStatus.Reason REASON = TaskStatus.Reason.REASON_RECONCILIATION;

  /** More questions than this are answered at once, as if nobody could come back. */
  private static final int HELD_MAX = 200_000;

  /** A question that only an agent that is not back yet can answer. */
  private record Held(FrameworkId framework, Call.Reconcile.Task asked) {}

  private final MasterConfig config;
  private final Registry registry;
  private final Outbox outbox;
  private final Deque<Held> held = new ArrayDeque<>();
  private boolean started;
  private boolean allAreBack;

  Reconciliation(MasterConfig config, Registry registry, Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.outbox = outbox;
  }

  /**
   * The time that agents of an earlier master have begins with this master's first command. Until
   * it is over a task that is not known may run on one of them (R2), so its framework is not told
   * that it is unknown, and does not replace it.
   */
  void start(Instant now) {
    if (!started) {
      started = true;
      outbox.setTimer(
          new MasterTimer.ReregistrationOver(), now.plus(config.agentReregisterTimeout()));
    }
  }

  void reregistrationOver(Instant now) {
    allAreBack = true;
    agentsChanged(now);
  }

  /** Agents have come back: what was asked meanwhile may have its answer. */
  void agentsChanged(Instant now) {
    List<Held> questions = List.copyOf(held);
    held.clear();
    for (Held question : questions) {
      registry
          .framework(question.framework())
          .ifPresent(framework -> explain(framework, question.asked(), now));
    }
  }

  /** Whether the task may yet come back with an agent that an earlier master admitted. */
  boolean mayComeBack(Optional<AgentId> agent) {
    boolean foreign = agent.isEmpty() || !agent.get().value().startsWith(config.masterId() + "-S");
    return !allAreBack
        && foreign
        && agent.filter(registry::isRemoved).isEmpty()
        && held.size() < HELD_MAX;
  }

  /** Of all tasks if none is named (R7), else of each. */
  void reconcile(Framework framework, Call.Reconcile call, Instant now) {
    outbox.count("master/messages_reconcile_tasks");
    if (call.getTasksCount() == 0) {
      framework.tasks().forEach(task -> tell(framework, latest(task, now)));
    } else {
      call.getTasksList().forEach(asked -> explain(framework, asked, now));
    }
  }

  /** Of one task, known or not (R1–R6). */
  void explain(Framework framework, Call.Reconcile.Task asked, Instant now) {
    TaskID taskId = asked.getTaskId();
    Optional<AgentID> agentId =
        asked.hasAgentId() ? Optional.of(asked.getAgentId()) : Optional.empty();
    if (Identifiers.problem(taskId.getValue()).isPresent()
        || agentId.filter(id -> Identifiers.problem(id.getValue()).isPresent()).isPresent()) {
      tell(
          framework,
          Statuses.of(
              taskId,
              agentId,
              Statuses.aware(framework, TaskState.TASK_UNKNOWN),
              REASON,
              "Reconciliation: Task is unknown",
              now));
      return;
    }
    TaskId id = new TaskId(taskId.getValue());
    Optional<Task> known = framework.task(id);
    Optional<Task> unreachable = framework.unreachable(id);
    Optional<AgentId> agent = agentId.map(named -> new AgentId(named.getValue()));
    if (known.isPresent()) {
      tell(framework, latest(known.get(), now));
    } else if (agent.flatMap(registry::agent).isPresent()) {
      tell(
          framework,
          Statuses.of(
              taskId,
              agentId,
              Statuses.aware(framework, TaskState.TASK_GONE),
              REASON,
              "Reconciliation: Task is unknown to the agent",
              now));
    } else if (unreachable.isPresent() || agent.flatMap(registry::unreachableSince).isPresent()) {
      AgentId lost = unreachable.map(Task::agent).or(() -> agent).orElseThrow();
      Instant since = registry.unreachableSince(lost).orElse(now);
      TaskState state = Statuses.aware(framework, TaskState.TASK_UNREACHABLE);
      AgentID lostId = AgentID.newBuilder().setValue(lost.value()).build();
      tell(
          framework,
          Statuses.unreachable(
              taskId,
              Optional.of(lostId),
              state,
              REASON,
              "Reconciliation: Task is unreachable",
              since,
              now));
    } else if (agent.filter(registry.goneAgents()::containsKey).isPresent()) {
      tell(
          framework,
          Statuses.of(
              taskId,
              agentId,
              Statuses.aware(framework, TaskState.TASK_GONE_BY_OPERATOR),
              REASON,
              "Reconciliation: Task is gone with its agent, which an operator marked gone",
              now));
    } else if (mayComeBack(agent)) {
      held.add(new Held(framework.id(), asked));
    } else {
      tell(
          framework,
          Statuses.of(
              taskId,
              agentId,
              Statuses.aware(framework, TaskState.TASK_UNKNOWN),
              REASON,
              "Reconciliation: Task is unknown",
              now));
    }
  }

  private static TaskStatus latest(Task task, Instant now) {
    TaskStatus.Builder status =
        Statuses.of(
            task.info().getTaskId(),
            Optional.of(task.info().getAgentId()),
            task.reportedState(),
            REASON,
            "Reconciliation: Latest task state",
            now)
            .toBuilder();
    task.lastStatus()
        .ifPresent(last -> {
          if (last.hasHealthy()) {
            status.setHealthy(last.getHealthy());
          }
          if (last.hasCheckStatus()) {
            status.setCheckStatus(last.getCheckStatus());
          }
          if (last.hasContainerStatus()) {
            status.setContainerStatus(last.getContainerStatus());
          }
          if (last.hasExecutorId()) {
            status.setExecutorId(last.getExecutorId());
          }
        });
    return status.build();
  }

  private void tell(Framework framework, TaskStatus status) {
    outbox.toScheduler(framework, Statuses.update(status));
  }
}

package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.TaskId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Tells a framework what its tasks are doing (contracts/mesos-scheduler-api.md §10). */
final class Reconciliation {
  private static final TaskStatus.Reason REASON = TaskStatus.Reason.REASON_RECONCILIATION;

  /** More questions than this are not kept: whoever gets no answer asks again. */
  private static final int HELD_MAX = 200_000;

  /** Names the task that was asked about. */
  private record Key(FrameworkId framework, TaskId task) {}

  private final Registry registry;
  private final ExpectedAgents expected;
  private final Outbox outbox;

  /** Questions that only an agent that is not back yet can answer (R2); each once. */
  private final SequencedMap<Key, Call.Reconcile.Task> held = new LinkedHashMap<>();

  private final Map<AgentId, SequencedSet<Key>> heldByAgent = new LinkedHashMap<>();

  Reconciliation(Registry registry, ExpectedAgents expected, Outbox outbox) {
    this.registry = registry;
    this.expected = expected;
    this.outbox = outbox;
  }

  /** The agent is back, or has ended: what was asked about it and its tasks has an answer. */
  void settled(AgentId id, Instant now) {
    if (held.isEmpty()) {
      return;
    }
    SequencedSet<Key> answerable = new LinkedHashSet<>();
    Optional.ofNullable(heldByAgent.get(id)).ifPresent(answerable::addAll);
    registry
        .agent(id)
        .ifPresent(agent ->
            agent.tasks().forEach(task -> answerable.add(new Key(task.framework(), task.id()))));
    answerable.forEach(key -> answer(key, now));
    allMayBeSettled(now);
  }

  /** Answers everything if nobody may come back any more. */
  void allMayBeSettled(Instant now) {
    if (!held.isEmpty() && !expected.mayComeBack(Optional.empty())) {
      List.copyOf(held.keySet()).forEach(key -> answer(key, now));
    }
  }

  /** Agents that nobody has named do not come back any more. */
  void patienceIsOver(Instant now) {
    List.copyOf(held.keySet()).forEach(key -> answer(key, now)); // what must wait is held again
  }

  private void answer(Key key, Instant now) {
    Optional<Call.Reconcile.Task> asked = take(key);
    if (asked.isPresent()) {
      registry
          .framework(key.framework())
          .ifPresent(framework -> explain(framework, asked.get(), now));
    }
  }

  private Optional<Call.Reconcile.Task> take(Key key) {
    Optional<Call.Reconcile.Task> asked = Optional.ofNullable(held.remove(key));
    asked
        .flatMap(question -> WireIds.agent(question.getAgentId()))
        .ifPresent(agent ->
            heldByAgent.computeIfPresent(
                agent,
                (_, keys) -> {
                  keys.remove(key);
                  return keys.isEmpty() ? null : keys;
                }));
    return asked;
  }

  private void hold(FrameworkId framework, TaskId task, Call.Reconcile.Task asked) {
    Key key = new Key(framework, task);
    boolean saysLess =
        !asked.hasAgentId()
            && Optional.ofNullable(held.get(key)).filter(it -> it.hasAgentId()).isPresent();
    if (saysLess) {
      return;
    }
    take(key);
    if (held.size() < HELD_MAX) {
      held.put(key, asked);
      WireIds.agent(asked.getAgentId())
          .ifPresent(
              agent -> heldByAgent.computeIfAbsent(agent, _ -> new LinkedHashSet<>()).add(key));
    }
  }

  /**
   * Whether the agent, or any if none is named, may yet come back from an earlier master's time.
   */
  boolean mayComeBack(Optional<AgentId> agent) {
    return agent.filter(registry::isRemoved).isEmpty() && expected.mayComeBack(agent);
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
      hold(framework.id(), id, asked);
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

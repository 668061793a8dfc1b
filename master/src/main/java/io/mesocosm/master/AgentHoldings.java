package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.RunningExecutor;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * What an agent runs as it subscribes, against what we know of it: either side may have missed
 * something while they were apart, or this master may be new.
 */
final class AgentHoldings {
  private final Registry registry;
  private final Tasks tasks;
  private final Subscriptions subscriptions;
  private final Outbox outbox;

  AgentHoldings(Registry registry, Tasks tasks, Subscriptions subscriptions, Outbox outbox) {
    this.registry = registry;
    this.tasks = tasks;
    this.subscriptions = subscriptions;
    this.outbox = outbox;
  }

  /** What is wrong with the tasks that the agent brings along, if anything. */
  static Optional<String> problem(LinkCall.Subscribe call, Resources total) {
    Claims claims = new Claims(total);
    for (RunningTask running : call.getTasksList()) {
      String task = "task " + running.getTask().getTaskId().getValue() + ": ";
      String executor = running.getExecutor().getExecutorId().getValue();
      if (running.hasExecutor() && Identifiers.problem(executor).isPresent()) {
        return Optional.of(task + "executor id " + Identifiers.problem(executor).get());
      }
      try {
        Resources own = ResourceMapping.toModel(running.getTask().getResourcesList());
        Resources itsExecutor = ResourceMapping.toModel(running.getExecutor().getResourcesList());
        boolean ended = TaskStates.isTerminal(latest(running));
        Optional<String> problem =
            ended ? claims.fits(own).or(() -> claims.fits(itsExecutor)) : claims.take(own);
        if (!ended && problem.isEmpty() && running.hasExecutor()) {
          problem =
              claims.takeOnce(running.getFrameworkId().getValue() + "/" + executor, itsExecutor);
        }
        if (problem.isPresent()) {
          return Optional.of(task + problem.get());
        }
      } catch (InvalidMessageException | IllegalArgumentException | ArithmeticException e) {
        return Optional.of(task + e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static TaskState latest(RunningTask running) {
    return running.hasLatestState() ? running.getLatestState() : running.getStatus().getState();
  }

  /** Makes ours what we do not know. Returns whether any of it uses resources. */
  boolean add(Agent agent, LinkCall.Subscribe call, Instant now) {
    return addExecutors(agent, call, now) | addTasks(agent, call, now);
  }

  /**
   * Tasks that the agent brings along and we do not know: of frameworks that may be new to us, too.
   * Returns whether there were any that still use resources.
   */
  private boolean addTasks(Agent agent, LinkCall.Subscribe call, Instant now) {
    boolean any = false;
    for (RunningTask running : call.getTasksList()) {
      if (WireIds.valid(running.getFrameworkId().getValue()).isEmpty()
          || WireIds.task(running.getTask().getTaskId()).isEmpty()) {
        continue; // nothing that a master ever launched
      }
      FrameworkId frameworkId = new FrameworkId(running.getFrameworkId().getValue());
      TaskId taskId = new TaskId(running.getTask().getTaskId().getValue());
      if (isKnown(agent, frameworkId, taskId) || registry.isCompleted(frameworkId)) {
        continue;
      }
      Optional<Framework> framework =
          registry
              .framework(frameworkId)
              .or(() -> info(call, frameworkId).map(info -> subscriptions.recover(info, now)));
      // One of that name may run elsewhere by now: then this one is ended, see endUnwanted.
      if (framework.isPresent() && framework.get().task(taskId).isEmpty()) {
        framework.get().takeUnreachable(taskId);
        Task task = taskOf(running, framework.get(), agent);
        if (framework.get().isToBeKilled(taskId) && !task.isTerminal()) {
          agent.killLater(task, framework.get().takeKill(taskId));
        }
        framework.get().add(task);
        agent.add(task);
        any |= task.holdsResources();
      }
    }
    return any;
  }

  private boolean isKnown(Agent agent, FrameworkId framework, TaskId task) {
    return registry
        .framework(framework)
        .flatMap(own -> own.task(task))
        .filter(own -> own.agent().equals(agent.id()))
        .isPresent();
  }

  /** As {@link #addTasks}, for executors; those may be idle. */
  private boolean addExecutors(Agent agent, LinkCall.Subscribe call, Instant now) {
    boolean any = false;
    for (RunningExecutor running : call.getExecutorsList()) {
      Optional<FrameworkId> id =
          WireIds.valid(running.getFrameworkId().getValue())
              .map(FrameworkId::new)
              .filter(framework -> !registry.isCompleted(framework));
      if (id.isPresent()
          && WireIds.valid(running.getExecutor().getExecutorId().getValue()).isPresent()
          && MappedTask.map(running.getExecutor().getResourcesList()).problem().isEmpty()) {
        Optional<Framework> framework =
            registry
                .framework(id.get())
                .or(() -> info(call, id.get()).map(info -> subscriptions.recover(info, now)));
        any |= framework.isPresent() && addExecutor(agent, framework.get(), running.getExecutor());
      }
    }
    return any;
  }

  private static boolean addExecutor(Agent agent, Framework framework, ExecutorInfo executor) {
    ExecutorId id = new ExecutorId(executor.getExecutorId().getValue());
    boolean fresh = !agent.hasExecutor(framework.id(), id);
    if (fresh) {
      agent.addExecutor(
          framework.id(), executor, allocated(executor.getResourcesList(), framework));
    }
    return fresh;
  }

  private static Task taskOf(RunningTask running, Framework framework, Agent agent) {
    Optional<ExecutorId> executor =
        running.hasExecutor()
            ? Optional.of(new ExecutorId(running.getExecutor().getExecutorId().getValue()))
            : Optional.empty();
    Task task =
        new Task(
            running.getTask().toBuilder().setAgentId(wire(agent.id())).build(),
            framework.id(),
            allocated(running.getTask().getResourcesList(), framework),
            executor);
    TaskState latest = latest(running);
    if (running.hasStatus()) {
      task.record(running.getStatus(), latest);
      if (running.getStatus().hasUuid()) {
        task.awaitAcknowledgement(running.getStatus());
      }
    }
    task.revive(latest);
    if (task.isTerminal()) {
      task.releaseResources();
    } else if (executor.isPresent()) {
      addExecutor(agent, framework, running.getExecutor());
    }
    return task;
  }

  /** What is validated already; a role is filled in where the agent does not say it. */
  private static Resources allocated(
      List<org.apache.mesos.v1.Protos.Resource> resources, Framework framework) {
    String role = framework.roles().isEmpty() ? "*" : framework.roles().first();
    try {
      return ResourceMapping.toModel(resources)
          .map(entry ->
              entry.allocationRole().isPresent() ? entry : entry.allocatedTo(Optional.of(role)));
    } catch (InvalidMessageException e) {
      throw new IllegalStateException("resources were validated before: " + e.getMessage(), e);
    }
  }

  /**
   * Tasks that we sent and the agent never got, or has ended and told of: they will not be heard of
   * again.
   */
  void dropUnknownToAgent(Agent agent, LinkCall.Subscribe call, Instant now) {
    Set<String> reported = new LinkedHashSet<>();
    call.getTasksList()
        .forEach(running ->
            reported.add(
                running.getFrameworkId().getValue()
                    + "/"
                    + running.getTask().getTaskId().getValue()));
    for (Task task : List.copyOf(agent.tasks())) {
      if (reported.contains(task.framework().value() + "/" + task.id().value())) {
        continue;
      }
      registry
          .framework(task.framework())
          .ifPresent(framework -> {
            TaskStatus status =
                Statuses.of(
                    task.info().getTaskId(),
                    Optional.of(wire(agent.id())),
                    Statuses.aware(framework, TaskState.TASK_DROPPED),
                    TaskStatus.Reason.REASON_RECONCILIATION,
                    "Task is unknown to the agent",
                    now);
            boolean wasTerminal = task.isTerminal();
            tasks.end(task, framework, Optional.of(agent), status, now);
            if (!wasTerminal) {
              outbox.toScheduler(framework, Statuses.update(status));
            }
          });
    }
  }

  /** U10: what was called unreachable is there after all. */
  void tellBack(Agent agent, Instant now) {
    agent.tasks().forEach(task -> tellBack(task, now));
  }

  private void tellBack(Task task, Instant now) {
    registry
        .framework(task.framework())
        .ifPresent(framework ->
            outbox.toScheduler(
                framework,
                Statuses.update(
                    Statuses.of(
                        task.info().getTaskId(),
                        Optional.of(task.info().getAgentId()),
                        task.latestState(),
                        TaskStatus.Reason.REASON_AGENT_REREGISTERED,
                        "Agent has reregistered",
                        now))));
  }

  /** What the agent runs and should not: tasks of removed frameworks, and second ones of a name. */
  void endUnwanted(AgentId id, LinkCall.Subscribe call) {
    Agent agent = registry.agent(id).orElseThrow();
    Set<FrameworkId> completed = new LinkedHashSet<>();
    for (RunningTask running : call.getTasksList()) {
      Optional<TaskId> task = WireIds.task(running.getTask().getTaskId());
      Optional<FrameworkId> framework =
          WireIds.valid(running.getFrameworkId().getValue()).map(FrameworkId::new);
      framework.filter(registry::isCompleted).ifPresent(completed::add);
      if (framework.isPresent()
          && task.isPresent()
          && !TaskStates.isTerminal(running.getLatestState())
          && !isKnown(agent, framework.get(), task.get())
          && registry.framework(framework.get()).isPresent()) {
        outbox.toAgent(agent, Tasks.killTask(framework.get(), task.get(), Optional.empty()));
      }
    }
    for (RunningExecutor running : call.getExecutorsList()) {
      WireIds.valid(running.getFrameworkId().getValue())
          .map(FrameworkId::new)
          .filter(registry::isCompleted)
          .ifPresent(completed::add);
    }
    completed.forEach(framework -> outbox.toAgent(agent, Tasks.shutdownFramework(framework)));
  }

  private static Optional<FrameworkInfo> info(LinkCall.Subscribe call, FrameworkId id) {
    return call.getFrameworksList().stream()
        .filter(info -> info.getId().getValue().equals(id.value()))
        .findFirst();
  }

  private static AgentID wire(AgentId id) {
    return AgentID.newBuilder().setValue(id.value()).build();
  }
}

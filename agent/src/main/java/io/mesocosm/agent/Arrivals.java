package io.mesocosm.agent;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;

/** Tasks as they come from the master: who is to carry them out, or why nobody does. */
final class Arrivals {
  private final Frameworks frameworks;
  private final Launches launches;
  private final Statuses statuses;
  private final TaskBook book;
  private final Tasks tasks;
  private final Executors executors;
  private final Draining draining;
  private final Tally tally;
  private final RandomIds ids;
  private final Changes changes;

  Arrivals(
      Frameworks frameworks,
      Launches launches,
      Statuses statuses,
      TaskBook book,
      Tasks tasks,
      Executors executors,
      Draining draining,
      Tally tally,
      RandomIds ids,
      Changes changes) {
    this.frameworks = frameworks;
    this.launches = launches;
    this.statuses = statuses;
    this.book = book;
    this.tasks = tasks;
    this.executors = executors;
    this.draining = draining;
    this.tally = tally;
    this.ids = ids;
    this.changes = changes;
  }

  static TaskKey key(String frameworkId, String taskId) {
    return new TaskKey(new FrameworkId(frameworkId), new TaskId(taskId));
  }

  void run(LinkEvent.RunTasks run, AgentId agentId, Instant now) {
    Optional<String> problem = LinkEventRules.problem(run);
    if (problem.isPresent()) {
      refuseNamed(run, agentId, problem.get(), now);
      return;
    }
    FrameworkInfo framework = run.getFrameworkInfo();
    FrameworkId frameworkId = new FrameworkId(framework.getId().getValue());
    List<TaskKey> keys =
        run.getTasksList().stream()
            .map(task -> key(frameworkId.value(), task.getTaskId().getValue()))
            .toList();
    // Delivered twice: the master will know by our silence.
    if (keys.isEmpty() || keys.stream().anyMatch(book::contains)) {
      return;
    }
    frameworks.put(frameworkId, framework);
    if (draining.isOn()) {
      refuse(run.getTasksList(), frameworkId, agentId, task -> drained(task, framework, now), now);
      return;
    }
    Optional<ExecutorInfo> info = executorInfo(run);
    if (info.isEmpty()) {
      for (TaskInfo task : run.getTasksList()) {
        runCommand(task, run, frameworkId, agentId, now);
      }
      return;
    }
    boolean custom = info.get().getType() != ExecutorInfo.Type.DEFAULT;
    Executor.Kind kind = custom ? Executor.Kind.CUSTOM : Executor.Kind.GROUPS;
    ExecutorId id = new ExecutorId(info.get().getExecutorId().getValue());
    Optional<Executor> present = frameworks.findExecutor(frameworkId, id);
    if (present.filter(it -> it.kind() != kind).isPresent()) {
      refuseTaken(run, frameworkId, agentId, id, now);
      return;
    }
    Executor executor =
        present.orElseGet(() -> newExecutor(kind, frameworkId, info.get(), agentId));
    List<Task> together = new ArrayList<>();
    for (TaskInfo task : run.getTasksList()) {
      together.add(
          custom
              ? customTask(executor, task, run.hasExecutor() ? keys : List.of())
              : groupTask(executor, task, keys));
    }
    if (custom) {
      executors.launch(executor, together, run.hasExecutor(), framework, agentId, now);
    } else {
      tasks.launch(together, framework, agentId, now);
    }
  }

  private static Optional<ExecutorInfo> executorInfo(LinkEvent.RunTasks run) {
    if (run.hasExecutor()) {
      return Optional.of(run.getExecutor());
    }
    TaskInfo task = run.getTasks(0);
    return task.hasExecutor() ? Optional.of(task.getExecutor()) : Optional.empty();
  }

  private void runCommand(
      TaskInfo info,
      LinkEvent.RunTasks run,
      FrameworkId frameworkId,
      AgentId agentId,
      Instant now) {
    ExecutorId id = new ExecutorId(info.getTaskId().getValue());
    if (frameworks.findExecutor(frameworkId, id).isPresent()) {
      refuseTaken(run, frameworkId, agentId, id, now);
      return;
    }
    Task task = commandTask(frameworkId, info, agentId);
    frameworks.add(task.executor());
    tasks.launch(List.of(task), run.getFrameworkInfo(), agentId, now);
  }

  private TaskStatus drained(Task task, FrameworkInfo framework, Instant now) {
    return statuses.dropped(
        task,
        Frameworks.has(Optional.of(framework), Capability.Type.PARTITION_AWARE),
        Reason.REASON_AGENT_DRAINING,
        "Agent is draining",
        now);
  }

  private void refuseTaken(
      LinkEvent.RunTasks run,
      FrameworkId frameworkId,
      AgentId agentId,
      ExecutorId id,
      Instant now) {
    tally.launchErrors++;
    String message = "executor id " + id + " is taken by an executor of another kind";
    refuse(
        run.getTasksList(),
        frameworkId,
        agentId,
        task -> statuses.launchFailed(task, message, now),
        now);
  }

  /** Tasks that came with a bad id fail, but for those that have it: they cannot be spoken of. */
  private void refuseNamed(LinkEvent.RunTasks run, AgentId agentId, String problem, Instant now) {
    FrameworkInfo framework = run.getFrameworkInfo();
    if (LinkEventRules.problem(framework.getId()).isPresent()) {
      return;
    }
    FrameworkId frameworkId = new FrameworkId(framework.getId().getValue());
    SequencedMap<TaskKey, TaskInfo> named = new LinkedHashMap<>();
    for (TaskInfo info : run.getTasksList()) {
      if (LinkEventRules.problem(info.getTaskId()).isEmpty()) {
        TaskKey key = key(frameworkId.value(), info.getTaskId().getValue());
        if (!book.contains(key)) {
          named.putIfAbsent(key, info);
        }
      }
    }
    if (named.isEmpty()) {
      return;
    }
    tally.launchErrors++;
    frameworks.put(frameworkId, framework);
    refuse(
        List.copyOf(named.sequencedValues()),
        frameworkId,
        agentId,
        task -> statuses.launchFailed(task, problem, now),
        now);
  }

  /** The tasks get an executor that nobody else sees. */
  private void refuse(
      List<TaskInfo> infos,
      FrameworkId frameworkId,
      AgentId agentId,
      Function<Task, TaskStatus> status,
      Instant now) {
    for (TaskInfo info : infos) {
      Task task = commandTask(frameworkId, info, agentId);
      book.add(task);
      task.end();
      book.update(task, status.apply(task), now);
    }
  }

  private Task commandTask(FrameworkId frameworkId, TaskInfo info, AgentId agentId) {
    ContainerId containerId = ids.containerId();
    String id = info.getTaskId().getValue();
    String sandbox =
        launches.executorDirectory(agentId, frameworkId.value(), id, containerId.value());
    Executor executor = Executor.ofCommand(frameworkId, info, containerId, sandbox, changes);
    return new Task(key(frameworkId.value(), id), info, executor, containerId, sandbox, List.of());
  }

  private Task groupTask(Executor executor, TaskInfo info, List<TaskKey> group) {
    ContainerId containerId = ids.containerId();
    String sandbox = executor.directory() + "/containers/" + containerId.value();
    return task(executor, info, containerId, sandbox, group);
  }

  private static Task customTask(Executor executor, TaskInfo info, List<TaskKey> group) {
    return task(executor, info, executor.containerId(), executor.directory(), group);
  }

  private static Task task(
      Executor executor,
      TaskInfo info,
      ContainerId containerId,
      String sandbox,
      List<TaskKey> group) {
    return new Task(
        key(executor.frameworkId().value(), info.getTaskId().getValue()),
        info,
        executor,
        containerId,
        sandbox,
        group);
  }

  private Executor newExecutor(
      Executor.Kind kind, FrameworkId frameworkId, ExecutorInfo info, AgentId agentId) {
    ContainerId containerId = ids.containerId();
    String id = info.getExecutorId().getValue();
    ExecutorInfo named =
        info.hasFrameworkId()
            ? info
            : info.toBuilder()
                .setFrameworkId(FrameworkID.newBuilder().setValue(frameworkId.value()))
                .build();
    Executor executor =
        Executor.of(
            kind,
            frameworkId,
            named,
            containerId,
            launches.executorDirectory(agentId, frameworkId.value(), id, containerId.value()),
            changes);
    frameworks.add(executor);
    return executor;
  }
}

package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * What frameworks see as an executor. Of a command task, and of task groups that name the default
 * executor, the agent itself does the executor's work and there is no such process; an executor of
 * the framework's own has one.
 */
final class Executor {
  private static final int COMPLETED_TASKS_MAX = 200;

  /** Who does an executor's work. */
  enum Kind {
    /** The agent, for one command task. */
    COMMAND,
    /** The agent, for task groups. */
    GROUPS,
    /** A process of the framework's own. */
    CUSTOM
  }

  private final Kind kind;
  private final FrameworkId frameworkId;
  private final ExecutorId id;
  private final String name;
  private final String source;
  private final Optional<ExecutorInfo> info;
  private final Optional<ExecutorProcess> process;
  private final Changes changes;
  private boolean silent;
  private final ContainerId containerId;
  private final String directory;
  private final SortedMap<TaskKey, Task> tasksByKey = new TreeMap<>();
  private final Deque<AgentSnapshot.Task> completedTasks = new ArrayDeque<>();

  private Executor(
      Kind kind,
      FrameworkId frameworkId,
      ExecutorId id,
      String name,
      String source,
      Optional<ExecutorInfo> info,
      ContainerId containerId,
      String directory,
      Changes changes) {
    this.kind = kind;
    this.changes = changes;
    this.process =
        kind == Kind.CUSTOM
            ? Optional.of(new ExecutorProcess(() -> changes.executor(frameworkId, id)))
            : Optional.empty();
    this.frameworkId = frameworkId;
    this.id = id;
    this.name = name;
    this.source = source;
    this.info = info;
    this.containerId = containerId;
    this.directory = directory;
  }

  static Executor ofCommand(
      FrameworkId frameworkId,
      TaskInfo task,
      ContainerId containerId,
      String directory,
      Changes changes) {
    return new Executor(
        Kind.COMMAND,
        frameworkId,
        new ExecutorId(task.getTaskId().getValue()),
        commandName(task),
        task.getTaskId().getValue(),
        Optional.empty(),
        containerId,
        directory,
        changes);
  }

  /**
   * @param kind not COMMAND
   */
  @SuppressWarnings("deprecation") // the source is out of use, but /state of agents still has it
  static Executor of(
      Kind kind,
      FrameworkId frameworkId,
      ExecutorInfo info,
      ContainerId containerId,
      String directory,
      Changes changes) {
    return new Executor(
        kind,
        frameworkId,
        new ExecutorId(info.getExecutorId().getValue()),
        info.getName(),
        info.getSource(),
        Optional.of(info),
        containerId,
        directory,
        changes);
  }

  Kind kind() {
    return kind;
  }

  /** The process of a CUSTOM executor, which must be one. */
  ExecutorProcess process() {
    return process.orElseThrow(
        () -> new IllegalStateException("executor " + id + " is no process"));
  }

  boolean isCustom() {
    return kind == Kind.CUSTOM;
  }

  /** Whether nobody is to hear of it any more: its framework is gone, or the agent stops. */
  boolean isSilent() {
    return silent;
  }

  void silence() {
    silent = true;
    changes.executor(frameworkId, id);
  }

  /** Where its tasks tell what becomes of them. */
  Changes changes() {
    return changes;
  }

  /** Those whose terminal status is not acknowledged, in the order of their ids; not a view. */
  List<Task> tasks() {
    return List.copyOf(tasksByKey.values());
  }

  FrameworkId frameworkId() {
    return frameworkId;
  }

  ExecutorId id() {
    return id;
  }

  Optional<ExecutorInfo> info() {
    return info;
  }

  ContainerId containerId() {
    return containerId;
  }

  String directory() {
    return directory;
  }

  void add(Task task) {
    tasksByKey.put(task.key(), task);
  }

  /** Moves a task to the completed ones. */
  void complete(Task task) {
    if (tasksByKey.remove(task.key()) != null) {
      completedTasks.addLast(task.snapshot());
      if (completedTasks.size() > COMPLETED_TASKS_MAX) {
        completedTasks.removeFirst();
      }
    }
  }

  /** Whether it is over: it has no tasks and nothing of it runs. */
  boolean isIdle() {
    return tasksByKey.isEmpty()
        && process.filter(it -> it.phase() != ExecutorPhase.TERMINATED).isEmpty();
  }

  AgentSnapshot.Executor snapshot() {
    List<AgentSnapshot.Task> tasks = new ArrayList<>();
    tasksByKey.values().forEach(task -> tasks.add(task.snapshot()));
    return new AgentSnapshot.Executor(
        id,
        name,
        source,
        info,
        containerId,
        directory,
        process.map(ExecutorProcess::phase).orElse(ExecutorPhase.RUNNING),
        process.isPresent(),
        process.flatMap(ExecutorProcess::container),
        tasks,
        List.copyOf(completedTasks));
  }

  /** As users of Mesos know it (contracts/mesos-executor-api.md C2). */
  private static String commandName(TaskInfo task) {
    CommandInfo command = task.getCommand();
    String text;
    if (command.getShell()) {
      text = command.hasValue() ? "sh -c '" + shortened(command.getValue()) + "'" : "NO COMMAND";
    } else if (command.hasValue()) {
      List<String> words = new ArrayList<>(List.of(command.getValue()));
      words.addAll(command.getArgumentsList());
      text = "[" + shortened(String.join(", ", words)) + "]";
    } else {
      text = "NO EXECUTABLE";
    }
    return "Command Executor (Task: " + task.getTaskId().getValue() + ") (Command: " + text + ")";
  }

  private static String shortened(String text) {
    return text.length() > 15 ? text.substring(0, 12) + "..." : text;
  }
}

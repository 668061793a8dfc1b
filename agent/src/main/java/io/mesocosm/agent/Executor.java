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
 * What frameworks see as an executor: one command task, or the task groups that name the same
 * executor id. The agent itself does the executor's work; there is no such process.
 */
final class Executor {
  private static final int COMPLETED_TASKS_MAX = 200;

  private final FrameworkId frameworkId;
  private final ExecutorId id;
  private final String name;
  private final String source;
  private final Optional<ExecutorInfo> info;
  private final ContainerId containerId;
  private final String directory;
  private final SortedMap<TaskKey, Task> tasksByKey = new TreeMap<>();
  private final Deque<AgentSnapshot.Task> completedTasks = new ArrayDeque<>();

  private Executor(
      FrameworkId frameworkId,
      ExecutorId id,
      String name,
      String source,
      Optional<ExecutorInfo> info,
      ContainerId containerId,
      String directory) {
    this.frameworkId = frameworkId;
    this.id = id;
    this.name = name;
    this.source = source;
    this.info = info;
    this.containerId = containerId;
    this.directory = directory;
  }

  static Executor ofCommand(
      FrameworkId frameworkId, TaskInfo task, ContainerId containerId, String directory) {
    return new Executor(
        frameworkId,
        new ExecutorId(task.getTaskId().getValue()),
        commandName(task),
        task.getTaskId().getValue(),
        Optional.empty(),
        containerId,
        directory);
  }

  @SuppressWarnings("deprecation") // the source is out of use, but /state of agents still has it
  static Executor ofGroups(
      FrameworkId frameworkId, ExecutorInfo info, ContainerId containerId, String directory) {
    return new Executor(
        frameworkId,
        new ExecutorId(info.getExecutorId().getValue()),
        info.getName(),
        info.getSource(),
        Optional.of(info),
        containerId,
        directory);
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

  boolean isIdle() {
    return tasksByKey.isEmpty();
  }

  AgentSnapshot.Executor snapshot() {
    List<AgentSnapshot.Task> tasks = new ArrayList<>();
    tasksByKey.values().forEach(task -> tasks.add(task.snapshot()));
    return new AgentSnapshot.Executor(
        id, name, source, info, containerId, directory, tasks, List.copyOf(completedTasks));
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

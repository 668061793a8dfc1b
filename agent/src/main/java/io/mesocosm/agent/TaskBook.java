package io.mesocosm.agent;

import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * All tasks of this agent, whoever carries them out. A task is here from its arrival until its
 * terminal status is acknowledged, or, once silenced, until nothing of it runs.
 */
final class TaskBook {
  private final Frameworks frameworks;
  private final Registration registration;
  private final StatusUpdates updates;
  private final Draining draining;
  private final Tally tally;
  private final Changes changes;
  private final SortedMap<TaskKey, Task> tasksByKey = new TreeMap<>();

  TaskBook(
      Frameworks frameworks,
      Registration registration,
      StatusUpdates updates,
      Draining draining,
      Tally tally,
      Changes changes) {
    this.frameworks = frameworks;
    this.registration = registration;
    this.updates = updates;
    this.draining = draining;
    this.tally = tally;
    this.changes = changes;
  }

  boolean contains(TaskKey key) {
    return tasksByKey.containsKey(key);
  }

  Optional<Task> find(TaskKey key) {
    return Optional.ofNullable(tasksByKey.get(key));
  }

  /** In the order of their ids; not a view. */
  List<Task> all() {
    return List.copyOf(tasksByKey.values());
  }

  void add(Task task) {
    tasksByKey.put(task.key(), task);
    task.executor().add(task);
    changes.task(task.key());
  }

  /** Notes a task's state, and tells the scheduler unless nobody is to hear of it. */
  void update(Task task, TaskStatus status, Instant now) {
    TaskStatus worded = draining.reword(status, frameworks.find(task.key().frameworkId()));
    task.note(worded);
    tally.count(worded.getState());
    tally.validUpdates++;
    if (!task.isSilent()) {
      updates.add(task.key(), worded, now);
    }
  }

  /** A status came to its scheduler; after a terminal one the task is forgotten. */
  void acknowledged(TaskKey key, TaskStatus status) {
    Task task = tasksByKey.get(key);
    if (task != null && TaskStates.isTerminal(status.getState())) {
      forget(task);
    }
  }

  /** Nobody is to hear of the task any more; if nothing of it runs, it is forgotten at once. */
  void silence(Task task) {
    task.silence();
    updates.forget(task.key());
    if (task.phase() == TaskPhase.ENDED) {
      forget(task);
    }
  }

  void forget(Task task) {
    tasksByKey.remove(task.key());
    changes.task(task.key());
    Executor executor = task.executor();
    executor.complete(task);
    boolean completed = complete(executor);
    if (completed && executor.kind() == Executor.Kind.GROUPS && !task.isSilent()) {
      registration.tell(MasterCalls.exitedExecutor(executor, 0));
    }
  }

  /** Moves an executor that is over to the completed ones, and its framework if that was all. */
  boolean complete(Executor executor) {
    boolean completed = frameworks.completeIfIdle(executor);
    frameworks.completeIfIdle(executor.frameworkId());
    return completed;
  }

  /** All that a master must know of the tasks here when it meets this agent again. */
  List<RunningTask> running() {
    List<RunningTask> running = new ArrayList<>();
    for (Task task : tasksByKey.values()) {
      if (task.isSilent()) {
        continue;
      }
      RunningTask.Builder described =
          RunningTask.newBuilder()
              .setFrameworkId(FrameworkID.newBuilder().setValue(task.key().frameworkId().value()))
              .setTask(task.info())
              .setLatestState(task.state());
      updates.oldest(task.key()).ifPresent(described::setStatus);
      task.executor().info().ifPresent(described::setExecutor);
      running.add(described.build());
    }
    return running;
  }
}

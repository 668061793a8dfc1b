package io.mesocosm.agent;

import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;

/**
 * Makes the agent again what an earlier run of it was, as far as that was written down, and carries
 * on from what has become of its containers (contracts/mesos-executor-api.md §11).
 */
final class Recovery {
  private final Registration registration;
  private final Frameworks frameworks;
  private final StatusUpdates updates;
  private final Draining draining;
  private final TaskBook book;
  private final Tasks tasks;
  private final Executors executors;
  private final Changes changes;

  Recovery(
      Registration registration,
      Frameworks frameworks,
      StatusUpdates updates,
      Draining draining,
      TaskBook book,
      Tasks tasks,
      Executors executors,
      Changes changes) {
    this.registration = registration;
    this.frameworks = frameworks;
    this.updates = updates;
    this.draining = draining;
    this.book = book;
    this.tasks = tasks;
    this.executors = executors;
    this.changes = changes;
  }

  /**
   * @throws IllegalStateException if the records do not fit together
   */
  void run(
      SortedMap<String, CheckpointRecord> records,
      SortedMap<ContainerId, RecoveredContainer> containers,
      Instant now) {
    // Frameworks first, then executors, then tasks: each needs the one before.
    records.values().forEach(this::restoreAgent);
    records.values().stream()
        .filter(CheckpointRecord::hasExecutor)
        .forEach(record -> frameworks.add(ExecutorRecords.executor(record.getExecutor(), changes)));
    records.values().stream()
        .filter(CheckpointRecord::hasTask)
        .forEach(record -> restoreTask(record.getTask()));
    records.values().stream()
        .filter(CheckpointRecord::hasExecutor)
        .forEach(record -> restoreQueue(record.getExecutor()));
    meetExecutors(containers, now);
    meetTasks(containers, now);
    if (registration.agentId().isEmpty() && !(tasks.isQuiet() && executors.isQuiet())) {
      registration.restoreRetiring();
    }
  }

  private void restoreAgent(CheckpointRecord record) {
    if (record.hasIdentity()) {
      registration.restore(
          new AgentId(record.getIdentity().getAgentId().getValue()),
          record.getIdentity().getAgentInfo(),
          record.getIdentity().getLives());
    } else if (record.hasDrain()) {
      draining.restore(
          record.getDrain().getConfig(), Instant.ofEpochMilli(record.getDrain().getBegunMillis()));
    } else if (record.hasFramework()) {
      frameworks.put(
          new FrameworkId(record.getFramework().getInfo().getId().getValue()),
          record.getFramework().getInfo());
    }
  }

  private void restoreTask(CheckpointProtos.Task record) {
    Executor executor;
    if (record.getCommand()) {
      executor = TaskRecords.executor(record, changes);
      if (!record.getRefused()) {
        frameworks.add(executor);
      }
    } else {
      executor =
          require(
              new FrameworkId(record.getFrameworkId().getValue()),
              new ExecutorId(record.getExecutorId().getValue()),
              TaskRecords.key(record));
    }
    Task task = TaskRecords.task(record, executor);
    book.add(task);
    updates.restore(task.key(), record.getPendingList());
  }

  private Executor require(FrameworkId frameworkId, ExecutorId id, TaskKey key) {
    return frameworks
        .findExecutor(frameworkId, id)
        .orElseThrow(() ->
            new IllegalStateException(
                "the checkpoint of task "
                    + key.taskId()
                    + " of framework "
                    + frameworkId
                    + " names executor "
                    + id
                    + ", of which there is no checkpoint"));
  }

  private void restoreQueue(CheckpointProtos.Executor record) {
    FrameworkId frameworkId = new FrameworkId(record.getFrameworkId().getValue());
    Optional<Executor> executor =
        frameworks.findExecutor(frameworkId, new ExecutorId(record.getExecutorId().getValue()));
    for (CheckpointProtos.Executor.Delivery delivery : record.getQueueList()) {
      List<Task> waiting =
          delivery.getTaskIdsList().stream()
              .flatMap(id -> book.find(new TaskKey(frameworkId, new TaskId(id))).stream())
              .toList();
      executor.ifPresent(
          it -> it.process().queue(new ExecutorProcess.Delivery(waiting, delivery.getAsGroup())));
    }
  }

  private void meetExecutors(SortedMap<ContainerId, RecoveredContainer> containers, Instant now) {
    for (Executor executor : frameworks.executors()) {
      if (executor.isCustom() && executor.process().phase() != ExecutorPhase.TERMINATED) {
        Optional<RecoveredContainer> found =
            Optional.ofNullable(containers.get(executor.containerId()));
        if (found.isPresent() && found.get() instanceof RecoveredContainer.Running running) {
          executors.takeBack(executor, running.container(), now);
        } else {
          executors.tellEnd(executor, found, now);
        }
      }
    }
  }

  private void meetTasks(SortedMap<ContainerId, RecoveredContainer> containers, Instant now) {
    SequencedMap<Task, Optional<RecoveredContainer>> ends = new LinkedHashMap<>();
    for (Task task : book.all()) {
      if (!task.executor().isCustom() && task.phase() != TaskPhase.ENDED) {
        Optional<RecoveredContainer> found =
            Optional.ofNullable(containers.get(task.containerId()));
        if (found.isPresent() && found.get() instanceof RecoveredContainer.Running running) {
          tasks.takeBack(task, running.container(), now);
        } else {
          ends.put(task, found);
        }
      }
    }
    tasks.tellEnds(ends, now);
  }
}

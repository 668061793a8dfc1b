package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskStatus;

/** What is written down of tasks, and the way back. */
final class TaskRecords {
  private TaskRecords() {}

  /**
   * @param pending what its scheduler has not acknowledged, oldest first
   * @param refused whether it is a command task whose executor is not shown
   */
  static CheckpointProtos.Task record(Task task, List<TaskStatus> pending, boolean refused) {
    Task.Past past = task.past();
    CheckpointProtos.Task.Builder record =
        CheckpointProtos.Task.newBuilder()
            .setFrameworkId(FrameworkID.newBuilder().setValue(task.key().frameworkId().value()))
            .setInfo(task.info())
            .setExecutorId(ExecutorID.newBuilder().setValue(task.executor().id().value()))
            .setContainerId(task.containerId().value())
            .setSandbox(task.sandbox())
            .setPhase(past.phase().name())
            .addAllStatuses(past.statuses())
            .addAllPending(pending)
            .setSilent(past.silent())
            .setStoppedDuringLaunch(past.stoppedDuringLaunch())
            .addAllReceived(past.receivedUuids())
            .setCommand(task.executor().kind() == Executor.Kind.COMMAND)
            .setRefused(refused);
    task.group().forEach(key -> record.addGroup(key.taskId().value()));
    past.stopCause().ifPresent(cause -> record.setStopCause(cause.name()));
    past.stoppedAt().ifPresent(at -> record.setStoppedMillis(at.toEpochMilli()));
    past.stopDeadline().ifPresent(at -> record.setStopDeadlineMillis(at.toEpochMilli()));
    past.askedKill().ifPresent(record::setAskedKill);
    past.runningSince().ifPresent(at -> record.setRunningMillis(at.toEpochMilli()));
    return record.build();
  }

  static TaskKey key(CheckpointProtos.Task record) {
    return new TaskKey(
        new FrameworkId(record.getFrameworkId().getValue()),
        new TaskId(record.getInfo().getTaskId().getValue()));
  }

  /** The executor of a command task, which has no record of its own. */
  static Executor executor(CheckpointProtos.Task record, Changes changes) {
    return Executor.ofCommand(
        new FrameworkId(record.getFrameworkId().getValue()),
        record.getInfo(),
        new ContainerId(record.getContainerId()),
        record.getSandbox(),
        changes);
  }

  static Task task(CheckpointProtos.Task record, Executor executor) {
    TaskKey key = key(record);
    Task task =
        new Task(
            key,
            record.getInfo(),
            executor,
            new ContainerId(record.getContainerId()),
            record.getSandbox(),
            record.getGroupList().stream()
                .map(id -> new TaskKey(key.frameworkId(), new TaskId(id)))
                .toList());
    task.restore(past(record));
    return task;
  }

  private static Task.Past past(CheckpointProtos.Task record) {
    List<ByteString> received = record.getReceivedList();
    return new Task.Past(
        TaskPhase.valueOf(record.getPhase()),
        record.getStatusesList(),
        record.getSilent(),
        record.getStoppedDuringLaunch(),
        record.hasStopCause()
            ? Optional.of(Task.StopCause.valueOf(record.getStopCause()))
            : Optional.empty(),
        instant(record.hasStoppedMillis(), record.getStoppedMillis()),
        instant(record.hasStopDeadlineMillis(), record.getStopDeadlineMillis()),
        received,
        record.hasAskedKill() ? Optional.of(record.getAskedKill()) : Optional.empty(),
        instant(record.hasRunningMillis(), record.getRunningMillis()));
  }

  static Optional<Instant> instant(boolean present, long millis) {
    return present ? Optional.of(Instant.ofEpochMilli(millis)) : Optional.empty();
  }
}

package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;

/** What is written down of executors, and the way back. */
final class ExecutorRecords {
  private ExecutorRecords() {}

  /** Absent for the executor of a command task: the task's own record says all. */
  static Optional<CheckpointProtos.Executor> record(Executor executor) {
    return switch (executor.kind()) {
      case COMMAND -> Optional.empty();
      case GROUPS ->
          Optional.of(common(executor).setKind(CheckpointProtos.Executor.Kind.GROUPS).build());
      case CUSTOM -> Optional.of(custom(executor));
    };
  }

  private static CheckpointProtos.Executor.Builder common(Executor executor) {
    return CheckpointProtos.Executor.newBuilder()
        .setFrameworkId(FrameworkID.newBuilder().setValue(executor.frameworkId().value()))
        .setExecutorId(ExecutorID.newBuilder().setValue(executor.id().value()))
        .setInfo(executor.info().orElseThrow())
        .setContainerId(executor.containerId().value())
        .setDirectory(executor.directory())
        .setSilent(executor.isSilent());
  }

  private static CheckpointProtos.Executor custom(Executor executor) {
    ExecutorProcess.Past past = executor.process().past();
    CheckpointProtos.Executor.Builder record =
        common(executor)
            .setKind(CheckpointProtos.Executor.Kind.CUSTOM)
            .setPhase(past.phase().name())
            .addAllVolumes(past.volumes())
            .setGotTasks(past.gotTasks());
    for (ExecutorProcess.Delivery delivery : executor.process().queued()) {
      CheckpointProtos.Executor.Delivery.Builder queued =
          record.addQueueBuilder().setAsGroup(delivery.asGroup());
      delivery.tasks().forEach(task -> queued.addTaskIds(task.key().taskId().value()));
    }
    past.cause()
        .ifPresent(cause ->
            record
                .setCauseState(cause.state())
                .setCauseReason(cause.reason())
                .setCauseMessage(cause.message()));
    past.launchedAt().ifPresent(at -> record.setLaunchedMillis(at.toEpochMilli()));
    past.stopDeadline().ifPresent(at -> record.setStopDeadlineMillis(at.toEpochMilli()));
    return record.build();
  }

  /** Without its tasks, and with nothing that waits for it. */
  static Executor executor(CheckpointProtos.Executor record, Changes changes) {
    boolean custom = record.getKind() == CheckpointProtos.Executor.Kind.CUSTOM;
    Executor executor =
        Executor.of(
            custom ? Executor.Kind.CUSTOM : Executor.Kind.GROUPS,
            new FrameworkId(record.getFrameworkId().getValue()),
            record.getInfo(),
            new ContainerId(record.getContainerId()),
            record.getDirectory(),
            changes);
    if (record.getSilent()) {
      executor.silence();
    }
    if (custom) {
      executor.process().restore(past(record));
    }
    return executor;
  }

  private static ExecutorProcess.Past past(CheckpointProtos.Executor record) {
    Optional<ExecutorProcess.Cause> cause =
        record.hasCauseState()
            ? Optional.of(
                new ExecutorProcess.Cause(
                    record.getCauseState(), record.getCauseReason(), record.getCauseMessage()))
            : Optional.empty();
    List<String> volumes = record.getVolumesList();
    return new ExecutorProcess.Past(
        ExecutorPhase.valueOf(record.getPhase()),
        cause,
        volumes,
        record.getGotTasks(),
        TaskRecords.instant(record.hasLaunchedMillis(), record.getLaunchedMillis()),
        TaskRecords.instant(record.hasStopDeadlineMillis(), record.getStopDeadlineMillis()));
  }
}

package io.mesocosm.agent;

import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentID;

/**
 * Puts all that has to survive a crash into records. Only what was marked as changed is looked at,
 * and only what differs from what was last asked to be written is written again.
 */
final class Checkpointing {
  private final AgentConfig config;
  private final Registration registration;
  private final Frameworks frameworks;
  private final TaskBook book;
  private final StatusUpdates updates;
  private final Draining draining;
  private final Changes changes;
  private final SortedMap<String, CheckpointRecord> written = new TreeMap<>();

  Checkpointing(
      AgentConfig config,
      Registration registration,
      Frameworks frameworks,
      TaskBook book,
      StatusUpdates updates,
      Draining draining,
      Changes changes) {
    this.config = config;
    this.registration = registration;
    this.frameworks = frameworks;
    this.book = book;
    this.updates = updates;
    this.draining = draining;
    this.changes = changes;
  }

  /** These records are on disk from an earlier run of this agent. */
  void restore(SortedMap<String, CheckpointRecord> records) {
    written.putAll(records);
  }

  /** What has to be written, or removed, since the last call. */
  SortedMap<String, Optional<CheckpointRecord>> changed() {
    SortedMap<String, Optional<CheckpointRecord>> changed = new TreeMap<>();
    for (Changes.Subject subject : changes.take()) {
      String name = name(subject);
      Optional<CheckpointRecord> record = record(subject);
      if (!record.equals(Optional.ofNullable(written.get(name)))) {
        changed.put(name, record);
        record.ifPresentOrElse(it -> written.put(name, it), () -> written.remove(name));
      }
    }
    return changed;
  }

  private static String name(Changes.Subject subject) {
    return switch (subject) {
      case Changes.Subject.Identity() -> "agent";
      case Changes.Subject.Drain() -> "drain";
      case Changes.Subject.Framework(FrameworkId id) -> "frameworks/" + id;
      case Changes.Subject.Executor(FrameworkId frameworkId, ExecutorId id) ->
          "executors/" + frameworkId + "/" + id;
      case Changes.Subject.Task(TaskKey key) -> "tasks/" + key.frameworkId() + "/" + key.taskId();
    };
  }

  private Optional<CheckpointRecord> record(Changes.Subject subject) {
    CheckpointRecord.Builder record = CheckpointRecord.newBuilder();
    Optional<CheckpointRecord.Builder> filled =
        switch (subject) {
          case Changes.Subject.Identity() -> identity().map(record::setIdentity);
          case Changes.Subject.Drain() -> drain().map(record::setDrain);
          case Changes.Subject.Framework(FrameworkId id) ->
              frameworks
                  .find(id)
                  .map(info ->
                      record.setFramework(CheckpointProtos.Framework.newBuilder().setInfo(info)));
          case Changes.Subject.Executor(FrameworkId frameworkId, ExecutorId id) ->
              frameworks
                  .findExecutor(frameworkId, id)
                  .flatMap(ExecutorRecords::record)
                  .map(record::setExecutor);
          case Changes.Subject.Task(TaskKey key) ->
              book.find(key).map(this::task).map(record::setTask);
        };
    return filled.map(CheckpointRecord.Builder::build);
  }

  private Optional<CheckpointProtos.Identity> identity() {
    return registration
        .registeredInfo()
        .flatMap(info ->
            registration
                .agentId()
                .map(id ->
                    CheckpointProtos.Identity.newBuilder()
                        .setAgentId(AgentID.newBuilder().setValue(id.value()))
                        .setAgentInfo(info)
                        .setBootId(config.bootId())
                        .setLives(registration.lives())
                        .build()));
  }

  private Optional<CheckpointProtos.Drain> drain() {
    return draining
        .snapshot()
        .map(drain ->
            CheckpointProtos.Drain.newBuilder()
                .setConfig(drain.config())
                .setBegunMillis(drain.since().toEpochMilli())
                .build());
  }

  private CheckpointProtos.Task task(Task task) {
    boolean refused =
        frameworks
            .findExecutor(task.key().frameworkId(), task.executor().id())
            .filter(task.executor()::equals)
            .isEmpty();
    return TaskRecords.record(task, updates.pending(task.key()), refused);
  }
}

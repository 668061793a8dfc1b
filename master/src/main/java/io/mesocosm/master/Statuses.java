package io.mesocosm.master;

import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TimeInfo;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** Task statuses of the master's own: source MASTER, no uuid, never to be acknowledged. */
final class Statuses {
  private Statuses() {}

  static TaskStatus of(
      TaskID task,
      Optional<AgentID> agent,
      TaskState state,
      TaskStatus.Reason reason,
      String message,
      Instant now) {
    TaskStatus.Builder status =
        TaskStatus.newBuilder()
            .setTaskId(task)
            .setState(state)
            .setSource(TaskStatus.Source.SOURCE_MASTER)
            .setReason(reason)
            .setMessage(message)
            .setTimestamp(seconds(now));
    agent.ifPresent(status::setAgentId);
    return status.build();
  }

  /** As {@link #of}, for a task whose agent is out of touch since {@code since}. */
  static TaskStatus unreachable(
      TaskID task,
      Optional<AgentID> agent,
      TaskState state,
      TaskStatus.Reason reason,
      String message,
      Instant since,
      Instant now) {
    return of(task, agent, state, reason, message, now).toBuilder()
        .setUnreachableTime(time(since))
        .build();
  }

  /**
   * What partition-aware frameworks are told, or the one state that stands for all of it elsewhere.
   */
  static TaskState aware(Framework framework, TaskState state) {
    return framework.isPartitionAware() ? state : TaskState.TASK_LOST;
  }

  static Event update(TaskStatus status) {
    return Event.newBuilder()
        .setType(Event.Type.UPDATE)
        .setUpdate(Event.Update.newBuilder().setStatus(status))
        .build();
  }

  static double seconds(Instant at) {
    return at.getEpochSecond() + at.getNano() / 1e9;
  }

  static TimeInfo time(Instant at) {
    return TimeInfo.newBuilder()
        .setNanoseconds(at.getEpochSecond() * 1_000_000_000L + at.getNano())
        .build();
  }
}

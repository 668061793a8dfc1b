package io.mesocosm.agent;

import org.apache.mesos.v1.Protos.TaskState;

/** Counts of what has happened since the agent started. */
final class Tally {
  long launchErrors;
  long validUpdates;
  long invalidUpdates;
  long executorsTerminated;
  private long finished;
  private long failed;
  private long killed;
  private long lost;
  private long gone;

  void count(TaskState state) {
    if (state == TaskState.TASK_FINISHED) {
      finished++;
    } else if (state == TaskState.TASK_FAILED) {
      failed++;
    } else if (state == TaskState.TASK_KILLED) {
      killed++;
    } else if (state == TaskState.TASK_LOST || state == TaskState.TASK_DROPPED) {
      lost++;
    } else if (state == TaskState.TASK_GONE || state == TaskState.TASK_GONE_BY_OPERATOR) {
      gone++;
    }
  }

  AgentSnapshot.Counters snapshot(long registrations) {
    return new AgentSnapshot.Counters(
        finished,
        failed,
        killed,
        lost,
        gone,
        executorsTerminated,
        launchErrors,
        validUpdates,
        invalidUpdates,
        registrations);
  }
}

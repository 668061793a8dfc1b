package io.mesocosm.agent;

import org.apache.mesos.v1.Protos.TaskState;

/** Counts of what has happened since the agent started. */
final class Tally {
  long launchErrors;
  long validAcknowledgements;
  long invalidAcknowledgements;
  private long finished;
  private long failed;
  private long killed;

  void count(TaskState state) {
    if (state == TaskState.TASK_FINISHED) {
      finished++;
    } else if (state == TaskState.TASK_FAILED) {
      failed++;
    } else if (state == TaskState.TASK_KILLED) {
      killed++;
    }
  }

  AgentSnapshot.Counters snapshot(long registrations) {
    return new AgentSnapshot.Counters(
        finished,
        failed,
        killed,
        launchErrors,
        validAcknowledgements,
        invalidAcknowledgements,
        registrations);
  }
}

package io.mesocosm.master;

import io.mesocosm.protocol.TaskStates;
import java.util.Locale;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** Counts how tasks end, by state, and by who said so and why. */
final class TaskMetrics {
  private TaskMetrics() {}

  /**
   * @param state what the task has come to; the status may still be of an earlier state, where the
   *     agent has told of both at once
   */
  static void count(Framework framework, TaskState state, TaskStatus status, Outbox outbox) {
    String name = TaskStates.shortName(state);
    outbox.count("master/tasks_" + name);
    if (status.hasSource() && status.hasReason()) {
      outbox.count(
          "master/task_"
              + name
              + "/"
              + status.getSource().name().toLowerCase(Locale.ROOT)
              + "/"
              + status.getReason().name().toLowerCase(Locale.ROOT));
    }
    if (TaskStates.isTerminal(state)) {
      framework.tally().ended(state);
    }
  }
}

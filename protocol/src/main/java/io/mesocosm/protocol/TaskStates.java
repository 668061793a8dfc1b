package io.mesocosm.protocol;

import java.util.Locale;
import org.apache.mesos.v1.Protos.TaskState;

/** What is true of task states as such (contracts/mesos-scheduler-api.md U6). */
public final class TaskStates {
  private TaskStates() {}

  /** Whether a task in this state has ended for good. */
  public static boolean isTerminal(TaskState state) {
    return switch (state) {
      case TASK_FINISHED,
          TASK_FAILED,
          TASK_KILLED,
          TASK_ERROR,
          TASK_LOST,
          TASK_DROPPED,
          TASK_GONE,
          TASK_GONE_BY_OPERATOR ->
          true;
      case TASK_STAGING,
          TASK_STARTING,
          TASK_RUNNING,
          TASK_KILLING,
          TASK_UNREACHABLE,
          TASK_UNKNOWN ->
          false;
    };
  }

  /** As metrics name it: {@code finished} of TASK_FINISHED. */
  public static String shortName(TaskState state) {
    return state.name().substring("TASK_".length()).toLowerCase(Locale.ROOT);
  }
}

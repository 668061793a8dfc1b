package io.mesocosm.master;

import org.apache.mesos.v1.Protos.TaskState;

/** What is true of states as such (contracts/mesos-scheduler-api.md U6). */
final class TaskStates {
  private TaskStates() {}

  static boolean isTerminal(TaskState state) {
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

  /** For metrics: {@code finished} of TASK_FINISHED. */
  static String shortName(TaskState state) {
    return state.name().substring("TASK_".length()).toLowerCase(java.util.Locale.ROOT);
  }
}

package io.mesocosm.simulation.invariant;

import org.apache.mesos.v1.Protos.TaskState;

/** What the states of a task mean for the promises. */
public final class States {
  private States() {}

  /** Nothing comes after it. */
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

  /** How far a task has come by what its agent says; an update never goes back. */
  static int rank(TaskState state) {
    return switch (state) {
      case TASK_STAGING -> 0;
      case TASK_STARTING -> 1;
      case TASK_RUNNING -> 2;
      case TASK_KILLING -> 3;
      case TASK_UNREACHABLE, TASK_UNKNOWN -> 0;
      case TASK_FINISHED,
          TASK_FAILED,
          TASK_KILLED,
          TASK_ERROR,
          TASK_LOST,
          TASK_DROPPED,
          TASK_GONE,
          TASK_GONE_BY_OPERATOR ->
          4;
    };
  }
}

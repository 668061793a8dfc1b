package io.mesocosm.agent;

/**
 * Where a task stands on this agent.
 *
 * <pre>
 *              ContainerStarted          kill
 *   LAUNCHING ------------------> RUNNING ------> STOPPING
 *       |  \                         |               ^  |
 *       |   `------- kill -----------+---------------'  |
 *       |                            |                  |
 *       `-- ContainerFailed, refused | ContainerExited, | ContainerFailed
 *                    v               v                  v
 *                                  ENDED
 * </pre>
 */
enum TaskPhase {
  /** The container was asked for and has not been reported to run. */
  LAUNCHING,
  /** The container runs and nobody wants it to end. */
  RUNNING,
  /** The container was asked to end and may still run, or still be on its way to run. */
  STOPPING,
  /** Nothing of it runs; its terminal status may wait for its acknowledgement. */
  ENDED;

  boolean mayBecome(TaskPhase next) {
    return switch (this) {
      case LAUNCHING -> next == RUNNING || next == STOPPING || next == ENDED;
      case RUNNING -> next == STOPPING || next == ENDED;
      case STOPPING -> next == ENDED;
      case ENDED -> false;
    };
  }
}

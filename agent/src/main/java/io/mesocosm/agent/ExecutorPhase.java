package io.mesocosm.agent;

/**
 * Where the process of a framework's executor stands.
 *
 * <pre>
 *                 SUBSCRIBE
 *   REGISTERING -------------> RUNNING
 *     |     |                  |     |
 *     |     `---- shut down ---+     |
 *     |               v              |
 *     |          TERMINATING         | container ended
 *     |               |              |
 *     `---------------+--------------'
 *                     v
 *                TERMINATED
 * </pre>
 */
public enum ExecutorPhase {
  /** Its container was asked for; it has not subscribed yet. */
  REGISTERING,
  /** It has subscribed once, and may be between two connections. */
  RUNNING,
  /** It was told to end, or its container is being destroyed. */
  TERMINATING,
  /** Nothing of it runs; statuses of its tasks may wait for their acknowledgement. */
  TERMINATED;

  boolean mayBecome(ExecutorPhase next) {
    return switch (this) {
      case REGISTERING -> next != REGISTERING;
      case RUNNING -> next == TERMINATING || next == TERMINATED;
      case TERMINATING -> next == TERMINATED;
      case TERMINATED -> false;
    };
  }
}

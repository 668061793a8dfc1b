package io.mesocosm.services.app;

import java.time.Duration;

/**
 * Kept for readers; what it once decided is decided by the unreachable strategy now.
 *
 * @param relaunchEscalationTimeout of no effect
 */
public record Residency(Duration relaunchEscalationTimeout, TaskLostBehavior taskLostBehavior) {
  public static final Residency USUAL =
      new Residency(Duration.ofSeconds(3600), TaskLostBehavior.WAIT_FOREVER);

  /** The names are those of the API. */
  public enum TaskLostBehavior {
    /** The lost instance is waited for. */
    WAIT_FOREVER,
    /** The lost instance is replaced after a time. */
    RELAUNCH_AFTER_TIMEOUT
  }
}

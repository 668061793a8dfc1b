package io.mesocosm.services.app;

import java.time.Duration;

/** What becomes of instances whose agent is out of touch (contracts/marathon-api.md S9). */
public sealed interface UnreachableStrategy {
  /** They are waited for, however long that takes. */
  record Disabled() implements UnreachableStrategy {}

  /**
   * @param inactiveAfter when a replacement is started
   * @param expungeAfter when they are forgotten; not before {@code inactiveAfter}
   */
  record Enabled(Duration inactiveAfter, Duration expungeAfter) implements UnreachableStrategy {}

  /** Replaced and forgotten at once. */
  UnreachableStrategy USUAL = new Enabled(Duration.ZERO, Duration.ZERO);
}

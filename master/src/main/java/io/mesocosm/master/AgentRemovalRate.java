package io.mesocosm.master;

import io.mesocosm.runtime.Durations;
import java.time.Duration;

/** How fast agents may become unreachable: so many in so long, evenly spaced. */
public record AgentRemovalRate(int agents, Duration period) {
  public AgentRemovalRate {
    if (agents < 1 || period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException(
          agents + "/" + period + " is no rate: both numbers must be above 0");
    }
  }

  /**
   * Mesos's notation, e.g. {@code 1/10mins}.
   *
   * @throws IllegalArgumentException saying what a rate looks like
   */
  public static AgentRemovalRate parse(String text) {
    String[] parts = text.strip().split("/", -1);
    if (parts.length != 2 || !parts[0].strip().matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException("must be <agents>/<duration>, e.g. 1/10mins");
    }
    return new AgentRemovalRate(Integer.parseInt(parts[0].strip()), Durations.parse(parts[1]));
  }

  /** From one agent to the next. */
  Duration spacing() {
    return period.dividedBy(agents);
  }
}

package io.mesocosm.simulation.nemesis;

import java.time.Duration;

/**
 * One fault of a plan. What its numbers mean is the {@link Nemesis}'s affair; that it is a value
 * makes it possible to leave it out and look whether the run still fails.
 *
 * @param at since the beginning
 * @param target draws whom it befalls
 * @param other draws the second of two, or how bad it is
 */
public record Fault(Duration at, FaultKind kind, int target, int other, Duration lasts) {
  @Override
  public String toString() {
    return at.toNanos() / 1000 / 1000.0
        + " ms  "
        + kind
        + " ("
        + target
        + ", "
        + other
        + ") for "
        + lasts;
  }
}

package io.mesocosm.services;

import java.time.Instant;

/**
 * A configuration that failed as often in a row as it may: nothing is launched for it any more.
 *
 * @param configVersion the configuration, by its last change
 * @param attempts how many instances failed, none having come up in between
 * @param lastFailure what became of the last one
 * @param at when the limit was reached
 */
public record LaunchHalt(Instant configVersion, int attempts, String lastFailure, Instant at) {
  /** For people: why nothing is launched, and what ends that. */
  public String text() {
    return attempts
        + " launches in a row failed, the last one with "
        + lastFailure
        + "; change the definition, restart it, or reset its launch delay to try again";
  }
}

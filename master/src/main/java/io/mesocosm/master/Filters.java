package io.mesocosm.master;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long a refusal lasts (contracts/mesos-scheduler-api.md L11, L12). */
final class Filters {
  private static final double DEFAULT_SECONDS = 5;
  private static final double SECONDS_MAX = Duration.ofDays(365).toSeconds();

  private Filters() {}

  /**
   * Until when; nothing for a refusal of no time. Never shorter than what an allocation is put off
   * by.
   */
  static Optional<Instant> until(
      org.apache.mesos.v1.Protos.Filters filters, Duration allocationInterval, Instant now) {
    double asked = filters.hasRefuseSeconds() ? filters.getRefuseSeconds() : DEFAULT_SECONDS;
    double seconds =
        Double.isNaN(asked) || asked < 0 ? DEFAULT_SECONDS : Math.min(asked, SECONDS_MAX);
    if (seconds == 0) {
      return Optional.empty();
    }
    Duration duration = Duration.ofNanos((long) (seconds * 1e9));
    return Optional.of(
        now.plus(duration.compareTo(allocationInterval) < 0 ? allocationInterval : duration));
  }
}

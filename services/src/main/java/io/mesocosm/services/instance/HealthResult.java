package io.mesocosm.services.instance;

import java.time.Instant;
import java.util.Optional;

/**
 * What one health check of one instance has found so far (contracts/marathon-api.md K3).
 *
 * @param check the index of the check in the app's definition
 * @param alive by the last result
 * @param consecutiveFailures since the last success; those within the grace period do not count
 */
public record HealthResult(
    InstanceId instance,
    int check,
    boolean alive,
    int consecutiveFailures,
    Optional<Instant> firstSuccess,
    Optional<Instant> lastSuccess,
    Optional<Instant> lastFailure,
    Optional<String> lastFailureCause) {
  /** Before any result. */
  public static HealthResult none(InstanceId instance, int check) {
    return new HealthResult(
        instance,
        check,
        false,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public HealthResult succeeded(Instant now) {
    return new HealthResult(
        instance,
        check,
        true,
        0,
        firstSuccess.or(() -> Optional.of(now)),
        Optional.of(now),
        lastFailure,
        lastFailureCause);
  }

  /**
   * @param counts false if the failure is forgiven because of the grace period
   */
  public HealthResult failed(Instant now, String cause, boolean counts) {
    return new HealthResult(
        instance,
        check,
        false,
        counts ? consecutiveFailures + 1 : consecutiveFailures,
        firstSuccess,
        lastSuccess,
        Optional.of(now),
        Optional.of(cause));
  }

  /** Whether anything was found at all. */
  public boolean isKnown() {
    return lastSuccess.isPresent() || lastFailure.isPresent();
  }
}

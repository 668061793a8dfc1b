package io.mesocosm.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.HealthCheck;

/**
 * What the health checks of one running task amount to (contracts/mesos-containerization.md §8, H6
 * and the grace period).
 */
final class Health {
  private final int failuresMax;
  private final Duration gracePeriod;
  private final Instant startedAt;
  private boolean everHealthy;
  private int failures;
  private Optional<Boolean> reported = Optional.empty();

  Health(HealthCheck check, Instant startedAt) {
    this.failuresMax = Math.max(1, check.getConsecutiveFailures());
    this.gracePeriod = Duration.ofNanos((long) (check.getGracePeriodSeconds() * 1e9));
    this.startedAt = startedAt;
  }

  /** What one result calls for. */
  enum Verdict {
    /** Nothing has changed that the scheduler should know. */
    UNREMARKABLE,
    /** The scheduler is to be told. */
    REPORT,
    /** The scheduler is to be told, and the task to be killed. */
    REPORT_AND_KILL
  }

  Verdict record(boolean healthy, Instant now) {
    return healthy ? success() : failure(now);
  }

  /** What the scheduler was last told; absent before the first report. */
  Optional<Boolean> reported() {
    return reported;
  }

  private Verdict success() {
    boolean news = !everHealthy || failures > 0;
    everHealthy = true;
    failures = 0;
    reported = Optional.of(true);
    return news ? Verdict.REPORT : Verdict.UNREMARKABLE;
  }

  private Verdict failure(Instant now) {
    if (!everHealthy && !now.isAfter(startedAt.plus(gracePeriod)) && !gracePeriod.isZero()) {
      return Verdict.UNREMARKABLE;
    }
    failures++;
    reported = Optional.of(false);
    return failures >= failuresMax ? Verdict.REPORT_AND_KILL : Verdict.REPORT;
  }
}

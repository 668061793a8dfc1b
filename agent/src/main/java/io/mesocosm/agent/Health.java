package io.mesocosm.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * What the health checks of one running task amount to (contracts/mesos-containerization.md §8, H6
 * and the grace period).
 */
final class Health {
  private static final int HTTP_HEALTHY_MIN = 200;
  private static final int HTTP_HEALTHY_MAX = 399;

  private final int failuresMax;
  private final Duration gracePeriod;
  private final Instant startedAt;
  private boolean everHealthy;
  private int failures;
  private Optional<Boolean> reported = Optional.empty();

  /**
   * @param told what an earlier run of the agent has told of the task; failures it counted are
   *     forgotten
   */
  Health(HealthCheck check, Instant startedAt, List<TaskStatus> told) {
    this.failuresMax = Math.max(1, check.getConsecutiveFailures());
    this.gracePeriod = Duration.ofNanos((long) (check.getGracePeriodSeconds() * 1e9));
    this.startedAt = startedAt;
    for (TaskStatus status : told) {
      if (status.hasHealthy()) {
        everHealthy |= status.getHealthy();
        reported = Optional.of(status.getHealthy());
      }
    }
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

  /** Why a task with such a result is not healthy; absent if it is (H2 to H4). */
  static Optional<String> problem(ProbeResult result) {
    return switch (result) {
      case ProbeResult.Exited(int exitCode) ->
          exitCode == 0
              ? Optional.empty()
              : Optional.of("Command health check exited with status " + exitCode);
      case ProbeResult.Answered(int statusCode) ->
          statusCode >= HTTP_HEALTHY_MIN && statusCode <= HTTP_HEALTHY_MAX
              ? Optional.empty()
              : Optional.of("HTTP health check got status " + statusCode);
      case ProbeResult.Connected() -> Optional.empty();
      case ProbeResult.Refused(String message) -> Optional.of(message);
      case ProbeResult.Unanswered(String message) -> Optional.of(message);
    };
  }

  /** What the scheduler was last told; absent before the first report. */
  Optional<Boolean> reported() {
    return reported;
  }

  private Verdict success() {
    boolean news = !reported.orElse(false);
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

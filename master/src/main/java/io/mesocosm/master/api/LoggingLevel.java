package io.mesocosm.master.api;

import io.mesocosm.http.HttpException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How much is logged: level 0 as configured, up to 3 for more and more detail, for a while
 * (contracts/mesos-operator-api.md SET_LOGGING_LEVEL). Thread-safe. The process's loggers are what
 * it changes, so all roles of one process share it.
 */
final class LoggingLevel {
  private static final int LEVEL_MAX = 3;
  private static final Logger ROOT = Logger.getLogger("io.mesocosm");

  private final InstantSource clock;
  private final Optional<Level> configured = Optional.ofNullable(ROOT.getLevel());
  private int level;
  private Instant until = Instant.MIN;

  LoggingLevel(InstantSource clock) {
    this.clock = clock;
  }

  synchronized int level() {
    revertIfDue();
    return level;
  }

  /** Reverts after the duration. */
  synchronized void set(int wanted, long nanoseconds) {
    if (wanted < 0 || wanted > LEVEL_MAX) {
      throw HttpException.text(
          400, "level is " + wanted + " and must be between 0 and " + LEVEL_MAX);
    }
    if (nanoseconds < 0) {
      throw HttpException.text(400, "duration is " + nanoseconds + " ns and must not be negative");
    }
    apply(wanted);
    until = clock.instant().plus(Duration.ofNanos(nanoseconds));
    if (wanted > 0) {
      CompletableFuture.delayedExecutor(nanoseconds, TimeUnit.NANOSECONDS).execute(this::level);
    }
  }

  private void revertIfDue() {
    if (level > 0 && !clock.instant().isBefore(until)) {
      apply(0);
    }
  }

  private void apply(int wanted) {
    level = wanted;
    ROOT.setLevel(
        switch (wanted) {
          case 0 -> configured.orElse(null);
          case 1 -> Level.FINE;
          case 2 -> Level.FINER;
          default -> Level.FINEST;
        });
  }
}

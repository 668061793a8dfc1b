package io.mesocosm.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it, and never goes back. Thread-safe. */
public final class FakeClock implements InstantSource {
  // The test's thread moves it, the code under test reads it.
  private volatile Instant now;

  public FakeClock(Instant start) {
    this.now = start;
  }

  /** Starts at a date that means nothing. */
  public FakeClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Override
  public Instant instant() {
    return now;
  }

  public synchronized void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + duration);
    }
    now = now.plus(duration);
  }
}

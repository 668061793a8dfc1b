package io.mesocosm.runtime;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that is right when it is made and never steps after that, whatever is done to the
 * machine's: an operator who sets the time, or a virtual machine that wakes up, must neither fire
 * every time-out at once nor hold all of them back. Thread-safe.
 *
 * <p>After such a step it differs from the machine's clock until the process is started again.
 */
public final class SteadyClock implements InstantSource {
  private final Instant origin;
  private final LongSupplier nanoTime;
  private final long nanosAtOrigin;

  private SteadyClock(Instant origin, LongSupplier nanoTime) {
    this.origin = origin;
    this.nanoTime = nanoTime;
    this.nanosAtOrigin = nanoTime.getAsLong();
  }

  /** Right as of now. */
  public static SteadyClock start() {
    return from(InstantSource.system(), System::nanoTime);
  }

  static SteadyClock from(InstantSource wall, LongSupplier nanoTime) {
    return new SteadyClock(wall.instant(), nanoTime);
  }

  @Override
  public Instant instant() {
    return origin.plusNanos(nanoTime.getAsLong() - nanosAtOrigin);
  }
}

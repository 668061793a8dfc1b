package io.mesocosm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final AtomicReference<Instant> wall = new AtomicReference<>(NOON);
  private final AtomicLong nanos = new AtomicLong(-17);
  private final SteadyClock clock = SteadyClock.from(wall::get, nanos::get);

  @Test
  void goesOnFromTheTimeAtWhichItWasMade() {
    assertThat(clock.instant()).isEqualTo(NOON);
    nanos.addAndGet(Duration.ofMillis(1500).toNanos());
    assertThat(clock.instant()).isEqualTo(NOON.plusMillis(1500));
  }

  @Test
  void doesNotFollowAMachinesClockThatIsSet() {
    wall.set(NOON.minus(Duration.ofHours(1)));
    nanos.addAndGet(1);
    assertThat(clock.instant()).isEqualTo(NOON.plusNanos(1));
  }
}

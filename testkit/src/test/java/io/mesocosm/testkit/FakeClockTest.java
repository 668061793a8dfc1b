package io.mesocosm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FakeClockTest {
  private final FakeClock clock = new FakeClock(Instant.EPOCH);

  @Test
  void timeStandsStillUntilItIsMoved() {
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
    clock.advance(Duration.ofSeconds(5));
    clock.advance(Duration.ZERO);
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plusSeconds(5));
    assertThat(clock.millis()).isEqualTo(5000);
  }

  @Test
  void timeDoesNotGoBack() {
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time does not go back");
    assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
  }
}

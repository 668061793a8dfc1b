package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final Pace pace = new Pace(Duration.ofMillis(500), Duration.ofSeconds(1));

  @Test
  void requestsFarApartDoNotWait() {
    assertThat(pace.reserve(NOON)).contains(Duration.ZERO);
    assertThat(pace.reserve(NOON.plusMillis(500))).contains(Duration.ZERO);
  }

  @Test
  void requestsTooCloseWaitForTheirTurns() {
    pace.reserve(NOON);

    assertThat(pace.reserve(NOON.plusMillis(100))).contains(Duration.ofMillis(400));
    assertThat(pace.reserve(NOON.plusMillis(100))).contains(Duration.ofMillis(900));
  }

  @Test
  void requestThatWouldWaitTooLongIsRefusedAndTakesNoTurn() {
    pace.reserve(NOON);
    pace.reserve(NOON);
    pace.reserve(NOON);

    assertThat(pace.reserve(NOON)).isEmpty();
    assertThat(pace.reserve(NOON.plusMillis(500))).contains(Duration.ofSeconds(1));
  }
}

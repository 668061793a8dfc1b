package io.mesocosm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimingsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void nothingIsShownBeforeTheFirst() {
    metrics.timings("run_ms");

    assertThat(metrics.snapshot()).isEmpty();
  }

  @Test
  void theLastAndThePercentilesAreShownInMilliseconds() {
    for (int millis = 100; millis >= 1; millis--) {
      metrics.timings("run_ms").record(Duration.ofMillis(millis));
    }

    assertThat(metrics.snapshot())
        .contains(
            entry("run_ms", 1.0),
            entry("run_ms/count", 100.0),
            entry("run_ms/min", 1.0),
            entry("run_ms/max", 100.0),
            entry("run_ms/p50", 50.0),
            entry("run_ms/p90", 90.0),
            entry("run_ms/p99", 99.0),
            entry("run_ms/p9999", 100.0));
  }

  @Test
  void onlyTheLatestThousandCount() {
    metrics.timings("run_ms").record(Duration.ofSeconds(5));
    for (int i = 0; i < 1000; i++) {
      metrics.timings("run_ms").record(Duration.ofNanos(500_000));
    }

    assertThat(metrics.snapshot())
        .contains(entry("run_ms/max", 0.5), entry("run_ms/count", 1000.0));
  }
}

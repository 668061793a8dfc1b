package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimestampsTest {
  @Test
  void timesAreWrittenInUtcWithMilliseconds() {
    assertThat(Timestamps.format(Instant.parse("2014-03-01T23:29:30.158Z")))
        .isEqualTo("2014-03-01T23:29:30.158Z");
    assertThat(Timestamps.format(Instant.parse("2026-01-02T03:04:05.999999999Z")))
        .isEqualTo("2026-01-02T03:04:05.999Z");
    assertThat(Timestamps.format(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000Z");
    assertThat(Timestamps.format(Instant.EPOCH.minusMillis(1)))
        .isEqualTo("1969-12-31T23:59:59.999Z");
  }

  @Test
  void anyTimeIsWrittenAsTheLibraryWouldAndReadAgain() {
    DateTimeFormatter library =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      Instant instant =
          Instant.ofEpochMilli(random.nextLong(-60_000_000_000_000L, 250_000_000_000_000L));
      String text = Timestamps.format(instant);
      assertThat(text).isEqualTo(library.format(instant));
      assertThat(Timestamps.parse(text)).contains(instant);
    }
  }
}

package io.mesocosm.protocol;

import com.google.protobuf.Duration;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Protobuf's own durations, which JSON has as a text of seconds: {@code "3600s"}, {@code "1.5s"}.
 */
final class DurationText {
  private static final Pattern SHAPE = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,9})?s");

  private DurationText() {}

  /** Nothing if the text is no such duration. */
  static Optional<Duration> parse(String text) {
    if (!SHAPE.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
    BigDecimal whole = BigDecimal.valueOf(seconds.longValue());
    return Optional.of(
        Duration.newBuilder()
            .setSeconds(seconds.longValue())
            .setNanos(seconds.subtract(whole).movePointRight(9).intValue())
            .build());
  }

  static String print(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNanos()).movePointLeft(9));
    BigDecimal shortest = seconds.signum() == 0 ? BigDecimal.ZERO : seconds.stripTrailingZeros();
    return shortest.toPlainString() + "s";
  }
}

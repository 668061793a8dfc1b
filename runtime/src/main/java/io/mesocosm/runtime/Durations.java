package io.mesocosm.runtime;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Mesos's notation of durations: a number and a unit, e.g. {@code 5secs}, {@code 1.5hrs}. */
public final class Durations {
  private static final Pattern NOTATION =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|ms|secs|mins|hrs|days|weeks)");
  private static final Map<String, Long> NANOS_BY_UNIT = new LinkedHashMap<>();

  static {
    NANOS_BY_UNIT.put("weeks", Duration.ofDays(7).toNanos());
    NANOS_BY_UNIT.put("days", Duration.ofDays(1).toNanos());
    NANOS_BY_UNIT.put("hrs", Duration.ofHours(1).toNanos());
    NANOS_BY_UNIT.put("mins", Duration.ofMinutes(1).toNanos());
    NANOS_BY_UNIT.put("secs", Duration.ofSeconds(1).toNanos());
    NANOS_BY_UNIT.put("ms", 1_000_000L);
    NANOS_BY_UNIT.put("us", 1_000L);
    NANOS_BY_UNIT.put("ns", 1L);
  }

  private Durations() {}

  /** Throws IllegalArgumentException, saying what a duration looks like. */
  public static Duration parse(String text) {
    Matcher matcher = NOTATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a number and a unit of ns, us, ms, secs, mins, hrs, days, weeks, e.g. 15secs");
    }
    long unit = java.util.Objects.requireNonNull(NANOS_BY_UNIT.get(matcher.group(2)));
    return Duration.ofNanos(
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValue());
  }

  /** The shortest exact notation, in the largest unit that divides it. */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
    for (Map.Entry<String, Long> unit : NANOS_BY_UNIT.entrySet()) {
      if (nanos != 0 && nanos % unit.getValue() == 0) {
        return nanos / unit.getValue() + unit.getKey();
      }
    }
    return nanos + "ns";
  }
}

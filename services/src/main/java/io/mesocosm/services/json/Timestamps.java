package io.mesocosm.services.json;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Points in time as the API writes them (row H5): UTC with milliseconds, {@code …30.158Z}. */
public final class Timestamps {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** Written by hand: lists of tasks hold tens of thousands of them. */
  public static String format(Instant instant) {
    long millis = instant.toEpochMilli();
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), 0, ZoneOffset.UTC);
    if (time.getYear() < 0 || time.getYear() > 9999) {
      return FORMAT.format(instant);
    }
    char[] text = "0000-00-00T00:00:00.000Z".toCharArray();
    put(text, 3, time.getYear());
    put(text, 6, time.getMonthValue());
    put(text, 9, time.getDayOfMonth());
    put(text, 12, time.getHour());
    put(text, 15, time.getMinute());
    put(text, 18, time.getSecond());
    put(text, 22, (int) Math.floorMod(millis, 1000L));
    return new String(text);
  }

  /** The digits of a number, the last one at a place. */
  private static void put(char[] text, int last, int number) {
    int left = number;
    for (int at = last; left > 0; at--) {
      text[at] = (char) ('0' + left % 10);
      left /= 10;
    }
  }

  /** Reads any ISO 8601 point in time; nothing if it is none. */
  public static Optional<Instant> parse(String text) {
    try {
      return Optional.of(DateTimeFormatter.ISO_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}

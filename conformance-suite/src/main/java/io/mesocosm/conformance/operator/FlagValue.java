package io.mesocosm.conformance.operator;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares values of flags by what they mean: {@code 60secs} is {@code 1mins}. */
final class FlagValue {
  private static final Pattern AMOUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)([a-zA-Z%]*)");
  private static final Map<String, Double> UNITS =
      Map.ofEntries(
          Map.entry("", 1.0),
          Map.entry("ns", 1.0),
          Map.entry("us", 1e3),
          Map.entry("ms", 1e6),
          Map.entry("secs", 1e9),
          Map.entry("mins", 60e9),
          Map.entry("hrs", 3600e9),
          Map.entry("days", 86400e9),
          Map.entry("weeks", 604800e9),
          Map.entry("B", 1.0),
          Map.entry("KB", 0x1p10),
          Map.entry("MB", 0x1p20),
          Map.entry("GB", 0x1p30),
          Map.entry("TB", 0x1p40),
          Map.entry("%", 0.01));

  private FlagValue() {}

  static boolean same(String one, String other) {
    Optional<Double> left = amount(one);
    return one.equals(other)
        || (hasUnit(one) == hasUnit(other) && left.isPresent() && left.equals(amount(other)));
  }

  private static boolean hasUnit(String text) {
    return !text.isEmpty() && !Character.isDigit(text.charAt(text.length() - 1));
  }

  private static Optional<Double> amount(String text) {
    Matcher matcher = AMOUNT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.ofNullable(UNITS.get(matcher.group(2)))
        .map(unit -> unit * Double.parseDouble(matcher.group(1)));
  }
}

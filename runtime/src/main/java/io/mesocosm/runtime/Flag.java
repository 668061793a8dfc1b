package io.mesocosm.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * One flag of a role: its name as on the command line, how its text becomes a value, what it is
 * when not given, and a sentence for {@code --help}.
 *
 * @param name lower-case with underscores, as the systems that we succeed name theirs
 * @param parser throws IllegalArgumentException with what a good value looks like
 * @param fallback text used when the flag is given nowhere; empty for a flag that may be absent
 */
public record Flag<T>(
    String name,
    Function<String, T> parser,
    Optional<String> fallback,
    boolean required,
    String help) {

  public static Flag<String> text(String name, String fallback, String help) {
    return new Flag<>(name, text -> text, Optional.of(fallback), false, help);
  }

  /** A flag without default; read it with {@link Flags#find}. */
  public static Flag<String> optionalText(String name, String help) {
    return new Flag<>(name, text -> text, Optional.empty(), false, help);
  }

  public static Flag<String> requiredText(String name, String help) {
    return new Flag<>(name, text -> text, Optional.empty(), true, help);
  }

  public static Flag<Integer> port(String name, int fallback, String help) {
    return integer(name, fallback, 0, 65535, help);
  }

  /** A whole number between {@code min} and {@code max}, both allowed. */
  public static Flag<Integer> integer(String name, int fallback, int min, int max, String help) {
    Function<String, Integer> parser =
        text -> {
          try {
            int value = Integer.parseInt(text.strip());
            if (value >= min && value <= max) {
              return value;
            }
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number from " + min + " to " + max, e);
          }
          throw new IllegalArgumentException("a whole number from " + min + " to " + max);
        };
    return new Flag<>(name, parser, Optional.of(Integer.toString(fallback)), false, help);
  }

  public static Flag<Boolean> bool(String name, boolean fallback, String help) {
    Function<String, Boolean> parser =
        text ->
            switch (text.strip()) {
              case "true", "1", "" -> true;
              case "false", "0" -> false;
              default -> throw new IllegalArgumentException("true or false");
            };
    return new Flag<>(name, parser, Optional.of(Boolean.toString(fallback)), false, help);
  }

  /** A duration in Mesos's notation, e.g. {@code 15secs}; see {@link Durations}. */
  public static Flag<Duration> duration(String name, String fallback, String help) {
    return new Flag<>(name, Durations::parse, Optional.of(fallback), false, help);
  }
}

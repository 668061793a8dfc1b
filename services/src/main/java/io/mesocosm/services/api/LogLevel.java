package io.mesocosm.services.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Level;

/** How much a logger logs, in the words of the original, and what the JDK calls it. */
public enum LogLevel {
  /** Everything. */
  ALL(Level.ALL),
  /** Every step. */
  TRACE(Level.FINER),
  /** What helps to find a fault. */
  DEBUG(Level.FINE),
  /** What an operator may want to know. */
  INFO(Level.INFO),
  /** What an operator should look at. */
  WARN(Level.WARNING),
  /** What does not work. */
  ERROR(Level.SEVERE),
  /** Nothing. */
  OFF(Level.OFF);

  /** What {@link #parse} takes. */
  public static final String EXPECTED = "one of all, trace, debug, info, warn, error, off";

  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  /** In any case; {@code warning} and {@code fatal} too. */
  public static Optional<LogLevel> parse(String text) {
    String word = text.strip().toUpperCase(Locale.ROOT);
    return switch (word) {
      case "WARNING" -> Optional.of(WARN);
      case "FATAL" -> Optional.of(ERROR);
      default -> Arrays.stream(values()).filter(level -> level.name().equals(word)).findFirst();
    };
  }

  Level level() {
    return level;
  }

  /** The one that lets through what a level of the JDK does. */
  static LogLevel of(Level level) {
    if (level.intValue() == Integer.MIN_VALUE) {
      return ALL;
    }
    return Arrays.stream(values())
        .filter(each -> each != ALL && level.intValue() <= each.level.intValue())
        .findFirst()
        .orElse(OFF);
  }
}

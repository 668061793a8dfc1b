package io.mesocosm.services.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * How much each logger of this process logs; a change may last for a while only. Thread-safe: HTTP
 * threads change and read, the one of {@code later} resets.
 */
public final class LogLevels {
  /** The original's name of the logger above all others, whose name is empty in the JDK. */
  private static final String ROOT = "ROOT";

  /** What to go back to, and since which change: a later one makes an earlier end void. */
  private record Reset(Optional<Level> level, long change) {}

  private final BiConsumer<Duration, Runnable> later;
  private final Map<String, Reset> resets = new LinkedHashMap<>();
  // The JDK holds loggers weakly: without this their levels would be lost to the next collection.
  private final Map<String, Logger> changed = new LinkedHashMap<>();
  private long changes;

  /**
   * @param later runs something after a while, on another thread
   */
  public LogLevels(BiConsumer<Duration, Runnable> later) {
    this.later = later;
  }

  /** The loggers that have a level of their own, and the root. */
  public synchronized SortedMap<String, LogLevel> levels() {
    LogManager all = LogManager.getLogManager();
    SortedMap<String, LogLevel> levels = new TreeMap<>();
    for (String name : Collections.list(all.getLoggerNames())) {
      Logger logger = all.getLogger(name);
      if (logger != null && logger.getLevel() != null) {
        levels.put(name.isEmpty() ? ROOT : name, LogLevel.of(logger.getLevel()));
      }
    }
    levels.putIfAbsent(ROOT, LogLevel.INFO);
    return levels;
  }

  /**
   * @param name of the logger, and of all below it that have no level of their own; {@code ROOT}
   *     for all
   * @param duration after which the level is what it was before; for good when empty
   */
  public synchronized void set(String name, LogLevel level, Optional<Duration> duration) {
    Logger logger = Logger.getLogger(name.equalsIgnoreCase(ROOT) ? "" : name);
    changed.put(logger.getName(), logger);
    long change = ++changes;
    Optional<Level> before =
        Optional.ofNullable(resets.remove(logger.getName()))
            .map(Reset::level)
            .orElseGet(() -> Optional.ofNullable(logger.getLevel()));
    letThrough();
    logger.setLevel(level.level());
    duration.ifPresent(length -> {
      resets.put(logger.getName(), new Reset(before, change));
      later.accept(length, () -> reset(logger, change));
    });
  }

  private synchronized void reset(Logger logger, long change) {
    Reset reset = resets.get(logger.getName());
    if (reset != null && reset.change() == change) {
      resets.remove(logger.getName());
      logger.setLevel(reset.level().orElse(null));
    }
  }

  /**
   * From the first change on loggers decide, not the handlers, which may have been told to keep
   * back what is below the level at the start.
   */
  private static void letThrough() {
    Logger root = Logger.getLogger("");
    if (root.getLevel() == null) {
      root.setLevel(Level.INFO);
    }
    for (Handler handler : Arrays.asList(root.getHandlers())) {
      handler.setLevel(Level.ALL);
    }
  }
}

package io.mesocosm.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Binds the one logging backend, the JDK's. Code logs through {@link System.Logger}; libraries
 * through SLF4J.
 */
public final class Logging {
  private static final long FILE_BYTES_MAX = 20_000_000;

  private Logging() {}

  /** Warnings to standard error: for commands, whose output is for people and pipes. */
  public static void quiet() {
    reset(Level.WARNING, new ConsoleHandler());
  }

  /** Everything from INFO to standard error: for a role in a process of its own. */
  public static void toConsole() {
    reset(Level.INFO, new ConsoleHandler());
  }

  /**
   * Everything from INFO to {@code cosm.0.log} in the folder, the one before it to {@code
   * cosm.1.log}: for the local cluster. Standard output is the command's from then on: whoever
   * writes to it must hold the stream already, and ZooKeeper, which prints what it purges, is not
   * heard.
   */
  public static void toFile(Path folder) {
    try {
      Files.createDirectories(folder);
      reset(
          Level.INFO,
          new FileHandler(folder.resolve("cosm.%g.log").toString(), FILE_BYTES_MAX, 2, true));
      System.setOut(
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot write logs to " + folder, e);
    }
  }

  private static void reset(Level level, Handler handler) {
    LogManager.getLogManager().reset();
    handler.setFormatter(new OneLine());
    handler.setLevel(level);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(level);
    // Chatty at INFO about things that are no news to anybody but their authors.
    for (String library :
        new String[] {
          "org.apache.zookeeper",
          "org.apache.curator",
          "org.eclipse.jetty",
          "com.github.dockerjava",
          "org.apache.hc"
        }) {
      Logger logger = Logger.getLogger(library);
      logger.setLevel(
          library.contains("zookeeper") || library.contains("curator")
              ? Level.SEVERE
              : Level.WARNING);
      QUIETED.add(logger);
    }
  }

  // The JDK holds loggers weakly; without this their levels would be lost to the next collection.
  private static final java.util.List<Logger> QUIETED =
      new java.util.concurrent.CopyOnWriteArrayList<>();

  /**
   * {@code 2026-11-21T05:00:00.123Z INFO master: message}, and the stack below it when there is
   * one.
   */
  private static final class OneLine extends Formatter {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord entry) {
      String logger = entry.getLoggerName() == null ? "" : entry.getLoggerName();
      StringBuilder line = new StringBuilder();
      line.append(TIME.format(entry.getInstant()))
          .append(' ')
          .append(entry.getLevel().getName())
          .append(' ');
      line.append(logger.substring(logger.lastIndexOf('.') + 1))
          .append(": ")
          .append(formatMessage(entry));
      line.append('\n');
      if (entry.getThrown() != null && isWithoutStack(logger)) {
        line.setLength(line.length() - 1);
        line.append(": ").append(entry.getThrown()).append('\n');
      } else if (entry.getThrown() != null) {
        StringWriter stack = new StringWriter();
        entry.getThrown().printStackTrace(new PrintWriter(stack));
        line.append(stack);
      }
      return line.toString();
    }

    /**
     * A ZooKeeper that is away is no fault of a program: where in a library it shows is no help.
     */
    private static boolean isWithoutStack(String logger) {
      return logger.startsWith("org.apache.curator") || logger.startsWith("org.apache.zookeeper");
    }
  }
}

package io.mesocosm.agent.api;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What containers use of the machine, as {@code /proc} tells: of their first processes, of whatever
 * these started, and of what is in their sessions. The machine is looked at twice a second at most,
 * however often it is asked for. Thread-safe.
 */
final class ProcessUsage {
  private static final System.Logger LOG = System.getLogger(ProcessUsage.class.getName());
  private static final Duration FRESH = Duration.ofMillis(500);

  /** As the kernel counts towards user space on every architecture that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final long PAGE_BYTES = 4096;

  private final Path folder;
  private final InstantSource clock;
  private List<Line> lines = List.of();
  private Instant readAt = Instant.MIN;

  /**
   * @param folder {@code /proc}, or something like it
   */
  ProcessUsage(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * What some processes use together.
   *
   * @param at when it was read
   * @param memoryBytes resident
   */
  record Usage(
      Instant at,
      int processes,
      int threads,
      double userSeconds,
      double systemSeconds,
      long memoryBytes) {}

  /** One process, as in its {@code stat} file; times include those of children that have ended. */
  record Line(
      long pid,
      long parent,
      long session,
      long userTicks,
      long systemTicks,
      int threads,
      long memoryPages) {

    /** Absent for what is no such line. */
    static Optional<Line> parse(String text) {
      // The second word is the program's name, which may have spaces and parentheses in it.
      int end = text.lastIndexOf(')');
      String[] words = text.substring(end + 1).strip().split(" ");
      int begin = text.indexOf(' ');
      if (end < 0 || begin < 0 || words.length < 22) {
        return Optional.empty();
      }
      return Optional.of(
          new Line(
              Long.parseLong(text.substring(0, begin)),
              Long.parseLong(words[1]),
              Long.parseLong(words[3]),
              Long.parseLong(words[11]) + Long.parseLong(words[13]),
              Long.parseLong(words[12]) + Long.parseLong(words[14]),
              Integer.parseInt(words[17]),
              Long.parseLong(words[21])));
    }
  }

  /** Absent when none of the processes is there any more. */
  synchronized Optional<Usage> of(Collection<Long> first) {
    refresh();
    List<Line> found = family(first);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Usage(
            readAt,
            found.size(),
            found.stream().mapToInt(Line::threads).sum(),
            found.stream().mapToLong(Line::userTicks).sum() / TICKS_PER_SECOND,
            found.stream().mapToLong(Line::systemTicks).sum() / TICKS_PER_SECOND,
            found.stream().mapToLong(Line::memoryPages).sum() * PAGE_BYTES));
  }

  private List<Line> family(Collection<Long> first) {
    List<Line> family = new ArrayList<>();
    Set<Long> seen = new LinkedHashSet<>();
    Deque<Long> open = new ArrayDeque<>(first);
    while (!open.isEmpty()) {
      long head = open.removeFirst();
      for (Line line : lines) {
        boolean belongs = line.pid() == head || line.parent() == head || line.session() == head;
        if (belongs && seen.add(line.pid())) {
          family.add(line);
          open.addLast(line.pid());
        }
      }
    }
    return family;
  }

  private void refresh() {
    Instant now = clock.instant();
    if (readAt.isAfter(Instant.MIN) && Duration.between(readAt, now).compareTo(FRESH) < 0) {
      return;
    }
    List<Line> read = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(folder, "[0-9]*")) {
      for (Path process : processes) {
        line(process).ifPresent(read::add);
      }
    } catch (IOException e) {
      LOG.log(DEBUG, "cannot read " + folder + ": containers are shown without statistics", e);
    }
    lines = List.copyOf(read);
    readAt = now;
  }

  private static Optional<Line> line(Path process) {
    try {
      return Line.parse(Files.readString(process.resolve("stat")));
    } catch (IOException e) {
      LOG.log(DEBUG, "{0} has ended while it was looked at", process);
      return Optional.empty();
    }
  }
}

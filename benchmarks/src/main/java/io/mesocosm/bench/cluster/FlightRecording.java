package io.mesocosm.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * A recording of what another JVM does, by its flight recorder: begun and ended with jcmd, read
 * here. For one controlling thread.
 */
final class FlightRecording {
  private static final String NAME = "bench";
  private static final String OURS = "io.mesocosm.";

  /** In the names of classes that the JVM makes for lambdas: their bodies are frames, too. */
  private static final String HIDDEN = ".0x";

  private static final int SELF_ROWS = 20;
  private static final int WITHIN_ROWS = 35;
  private static final int THREAD_ROWS = 6;
  private static final int ALLOCATION_ROWS = 15;
  private static final int LABEL_FRAMES = 2;

  private final long pid;
  private final String role;

  private FlightRecording(long pid, String role) {
    this.pid = pid;
    this.role = role;
  }

  /** Begins one. */
  static FlightRecording begin(long pid, String role) {
    jcmd(pid, "JFR.start", "name=" + NAME, "settings=profile");
    return new FlightRecording(pid, role);
  }

  /** Ends it; returns what it tells in lines: the hottest frames, allocations and pauses. */
  List<String> end(String part) {
    try {
      Path file = Files.createTempDirectory("bench-profile").resolve(role + "-" + part + ".jfr");
      String said = jcmd(pid, "JFR.stop", "name=" + NAME, "filename=" + file);
      if (!Files.exists(file)) {
        return List.of("profile of " + role + ": none: " + said.strip());
      }
      Counts counts = new Counts();
      try (RecordingFile recording = new RecordingFile(file)) {
        while (recording.hasMoreEvents()) {
          counts.take(recording.readEvent());
        }
      }
      List<String> lines = new ArrayList<>();
      lines.add("profile of " + role + " during " + part + " (kept: " + file + ")");
      counts.describe(lines);
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jcmd(long pid, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(pid));
    command.addAll(List.of(words));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      process.waitFor();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the events add up to. */
  private static final class Counts {
    private long samples;
    private final Map<String, Long> byThread = new HashMap<>();
    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> within = new HashMap<>();
    private final Map<String, Long> allocatedBytes = new HashMap<>();
    private long allocated;
    private long collections;
    private Duration pauses = Duration.ZERO;

    void take(RecordedEvent event) {
      switch (event.getEventType().getName()) {
        case "jdk.ExecutionSample" -> sample(event);
        case "jdk.ObjectAllocationSample" -> allocation(event);
        case "jdk.GarbageCollection" -> {
          collections++;
          pauses = pauses.plus(event.getDuration("sumOfPauses"));
        }
        default -> {}
      }
    }

    private void sample(RecordedEvent event) {
      Optional<RecordedStackTrace> stack = Optional.ofNullable(event.getStackTrace());
      if (stack.isEmpty() || stack.get().getFrames().isEmpty()) {
        return;
      }
      samples++;
      RecordedThread thread = event.getThread("sampledThread");
      byThread.merge(threadName(thread), 1L, Long::sum);
      List<RecordedFrame> frames = stack.get().getFrames();
      self.merge(line(frames.getFirst()) + "  < " + firstOurs(frames), 1L, Long::sum);
      Set<String> seen = new LinkedHashSet<>();
      frames.stream().filter(Counts::isOurs).map(Counts::method).forEach(seen::add);
      seen.forEach(method -> within.merge(method, 1L, Long::sum));
    }

    private void allocation(RecordedEvent event) {
      long bytes = event.getLong("weight");
      allocated += bytes;
      Optional.ofNullable(event.getStackTrace())
          .ifPresent(stack ->
              allocatedBytes.merge(
                  firstOurs(stack.getFrames()) + "  of " + event.getClass("objectClass").getName(),
                  bytes,
                  Long::sum));
    }

    private static String threadName(RecordedThread thread) {
      String name = String.valueOf(thread.getJavaName());
      return name.isEmpty() ? "virtual, unnamed" : name.replaceAll("[0-9]+$", "N");
    }

    private static boolean isOurs(RecordedFrame frame) {
      String type = frame.getMethod().getType().getName();
      return type.startsWith(OURS) && !type.contains(HIDDEN);
    }

    private static String firstOurs(List<RecordedFrame> frames) {
      List<String> ours =
          frames.stream().filter(Counts::isOurs).limit(LABEL_FRAMES).map(Counts::line).toList();
      return ours.isEmpty() ? "none of ours" : String.join(" < ", ours);
    }

    private static String method(RecordedFrame frame) {
      String type = frame.getMethod().getType().getName();
      return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
    }

    private static String line(RecordedFrame frame) {
      return method(frame) + ":" + frame.getLineNumber();
    }

    void describe(List<String> lines) {
      lines.add(
          String.format(
              "  %d samples of running Java code; %d collections, pauses %d ms in all; %.0f MB"
                  + " allocated",
              samples, collections, pauses.toMillis(), allocated / 1e6));
      rows(lines, "by thread", byThread, samples, THREAD_ROWS);
      rows(lines, "on top of the stack < the nearest of ours", self, samples, SELF_ROWS);
      rows(lines, "ours, anywhere in the stack", within, samples, WITHIN_ROWS);
      rows(lines, "allocated", allocatedBytes, allocated, ALLOCATION_ROWS);
    }

    private static void rows(
        List<String> lines, String title, Map<String, Long> counts, long all, int rows) {
      lines.add("  " + title + ":");
      counts.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
          .limit(rows)
          .forEach(entry ->
              lines.add(
                  String.format(
                      "  %6.1f%%  %s",
                      100.0 * entry.getValue() / Math.max(1, all), entry.getKey())));
    }
  }
}

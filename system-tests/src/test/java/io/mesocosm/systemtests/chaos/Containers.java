package io.mesocosm.systemtests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What really runs, whatever anybody says: told by the kernel. */
final class Containers {
  private static final String SANDBOX_VARIABLE = "MESOS_SANDBOX=";
  private static final Pattern EXECUTOR = Pattern.compile("/executors/([^/]+)/runs/");

  private Containers() {}

  /** The sessions that run each task below a folder; more than one is a task that runs twice. */
  static SortedMap<String, SortedSet<String>> sessionsByTask(Path root) {
    SortedMap<String, SortedSet<String>> sessions = new TreeMap<>();
    for (Path process : processes()) {
      for (String variable : environment(process)) {
        Matcher executor = EXECUTOR.matcher(variable);
        if (variable.startsWith(SANDBOX_VARIABLE + root) && executor.find()) {
          // A command task's executor bears its id.
          sessions.computeIfAbsent(executor.group(1), _ -> new TreeSet<>()).add(session(process));
        }
      }
    }
    return sessions;
  }

  static void killAll(Path root) {
    for (Path process : processes()) {
      if (environment(process).stream().anyMatch(it -> it.startsWith(SANDBOX_VARIABLE + root))) {
        Shell.attempt("kill", "-KILL", process.getFileName().toString());
      }
    }
  }

  private static List<Path> processes() {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries.filter(it -> it.getFileName().toString().matches("[0-9]+")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> environment(Path process) {
    return Arrays.asList(read(process.resolve("environ")).split("\0"));
  }

  private static String session(Path process) {
    String stat = read(process.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    return fields.length > 3 ? fields[3] : "ended";
  }

  /** Empty for a process that has ended meanwhile. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      return ""; // "no such process": it ended while it was read
    }
  }
}

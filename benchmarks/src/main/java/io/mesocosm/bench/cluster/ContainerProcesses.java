package io.mesocosm.bench.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What of an agent's tasks really runs, as the kernel says. */
final class ContainerProcesses {
  private static final String SANDBOX = "MESOS_SANDBOX=";

  /** Fields of stat behind the name: the 22nd in all is the start, in ticks since the boot. */
  private static final int START_FIELD = 19;

  private ContainerProcesses() {}

  /**
   * The processes of this program that run in sandboxes below the folder.
   *
   * @return by process id, when each was started: an id that is used again is not the same process
   */
  static SortedMap<Long, Long> startsByPid(String program, Path folder) {
    SortedMap<Long, Long> starts = new TreeMap<>();
    for (Path process : processes()) {
      if (runs(process, program) && isBelow(process, folder)) {
        startOf(process)
            .ifPresent(start -> starts.put(Long.valueOf(process.getFileName().toString()), start));
      }
    }
    return starts;
  }

  /** Ends everything that runs in sandboxes below the folder. */
  static void killAll(Path folder) {
    for (Path process : processes()) {
      if (isBelow(process, folder)) {
        ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  private static boolean runs(Path process, String program) {
    String name = read(process.resolve("cmdline")).split("\0", 2)[0];
    return name.substring(name.lastIndexOf('/') + 1).equals(program);
  }

  private static boolean isBelow(Path process, Path folder) {
    return Arrays.stream(read(process.resolve("environ")).split("\0", -1))
        .anyMatch(variable -> variable.startsWith(SANDBOX + folder));
  }

  private static Optional<Long> startOf(Path process) {
    String stat = read(process.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    return fields.length > START_FIELD
        ? Optional.of(Long.valueOf(fields[START_FIELD]))
        : Optional.empty();
  }

  private static List<Path> processes() {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().chars().allMatch(Character::isDigit))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty of a process that has ended meanwhile, or is somebody else's. */
  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }
}

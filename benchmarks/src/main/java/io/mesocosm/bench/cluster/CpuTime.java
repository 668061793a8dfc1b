package io.mesocosm.bench.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** CPU time of processes and of their threads, as the kernel counts it: in ticks of 10 ms. */
final class CpuTime {
  private static final double TICK_SECONDS = 0.01;
  private static final int USER_FIELD = 11;
  private static final int SYSTEM_FIELD = 12;

  /** Of all cores: user, nice, system, idle, waiting for disks, and two kinds of interrupts. */
  private static final int BUSY_FIELDS = 7;

  private static final int IDLE_FIELD = 4;
  private static final int WAITING_FIELD = 5;

  private CpuTime() {}

  /** Of all threads since the process began, in seconds; 0 if it is gone. */
  static double seconds(long pid) {
    return secondsIn(Path.of("/proc/" + pid + "/stat"));
  }

  /** Of everything on this machine since it was started, in seconds, over all cores. */
  static double machineSeconds() {
    String[] fields = read(Path.of("/proc/stat")).lines().findFirst().orElse("").split(" +", -1);
    double busy = 0;
    for (int field = 1; field <= BUSY_FIELDS && field < fields.length; field++) {
      if (field != IDLE_FIELD && field != WAITING_FIELD) {
        busy += Long.parseLong(fields[field]) * TICK_SECONDS;
      }
    }
    return busy;
  }

  /**
   * Of each thread that lives, by its name without the number that tells it from others of its
   * kind.
   */
  static Map<String, Double> secondsByThread(long pid) {
    Map<String, Double> seconds = new TreeMap<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        String name = read(thread.resolve("comm")).strip().replaceAll("[-#]?[0-9]+$", "");
        seconds.merge(name, secondsIn(thread.resolve("stat")), Double::sum);
      }
    } catch (IOException | UncheckedIOException _) {
      return seconds; // it ended while it was looked at
    }
    return seconds;
  }

  /** The threads that used most between two looks, in seconds, the busiest first. */
  static SequencedMap<String, Double> busiest(
      Map<String, Double> before, Map<String, Double> after, int count) {
    List<Map.Entry<String, Double>> used =
        after.entrySet().stream()
            .map(
                it -> Map.entry(it.getKey(), it.getValue() - before.getOrDefault(it.getKey(), 0.0)))
            .filter(it -> it.getValue() > TICK_SECONDS)
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .limit(count)
            .toList();
    return used.stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, Double::sum, LinkedHashMap::new));
  }

  private static double secondsIn(Path stat) {
    String text = read(stat);
    if (text.isEmpty()) {
      return 0;
    }
    // The name in brackets may hold spaces; utime and stime are the 14th and 15th field.
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[SYSTEM_FIELD]))
        * TICK_SECONDS;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException _) {
      return "";
    }
  }
}

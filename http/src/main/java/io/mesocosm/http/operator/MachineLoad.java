package io.mesocosm.http.operator;

import static java.lang.System.Logger.Level.DEBUG;

import io.mesocosm.protocol.JsonWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * The machine's load and memory at one moment.
 *
 * @param load averages of the last 1, 5 and 15 minutes
 */
public record MachineLoad(
    int processors, List<Double> load, double memoryTotalBytes, double memoryFreeBytes) {
  private static final System.Logger LOG = System.getLogger(MachineLoad.class.getName());
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  public MachineLoad {
    load = List.copyOf(load);
    if (load.size() != 3) {
      throw new IllegalArgumentException("load must be three averages, not " + load);
    }
  }

  /** Reads it from the kernel; where that does not tell, memory is 0. */
  public static MachineLoad read() {
    return new MachineLoad(
        Runtime.getRuntime().availableProcessors(),
        averages(),
        memory("MemTotal:"),
        memory("MemFree:"));
  }

  /** As {@code system/*} of {@code /metrics/snapshot}. */
  public void addTo(SortedMap<String, Double> metrics) {
    metrics.put("system/cpus_total", (double) processors);
    metrics.put("system/load_1min", load.get(0));
    metrics.put("system/load_5min", load.get(1));
    metrics.put("system/load_15min", load.get(2));
    metrics.put("system/mem_total_bytes", memoryTotalBytes);
    metrics.put("system/mem_free_bytes", memoryFreeBytes);
  }

  /** As {@code /system/stats.json} has it (contracts/mesos-operator-api.md §5). */
  public JsonWriter json() {
    return new JsonWriter()
        .beginObject()
        .field("avg_load_1min", load.get(0))
        .field("avg_load_5min", load.get(1))
        .field("avg_load_15min", load.get(2))
        .field("cpus_total", (long) processors)
        .field("mem_total_bytes", (long) memoryTotalBytes)
        .field("mem_free_bytes", (long) memoryFreeBytes)
        .endObject();
  }

  private static List<Double> averages() {
    try {
      String[] words = Files.readString(LOAD).split(" ");
      return List.of(Double.valueOf(words[0]), Double.valueOf(words[1]), Double.valueOf(words[2]));
    } catch (IOException e) {
      LOG.log(DEBUG, "cannot read " + LOAD + ": the JVM's own one-minute average stands in", e);
      double own = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
      return List.of(own, own, own);
    }
  }

  private static double memory(String line) {
    try {
      return Files.readAllLines(MEMORY).stream()
          .filter(text -> text.startsWith(line))
          .mapToDouble(text -> Double.parseDouble(text.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      LOG.log(DEBUG, "cannot read " + MEMORY + ": " + line + " is shown as 0", e);
      return 0;
    }
  }
}

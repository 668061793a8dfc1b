package io.mesocosm.master.api;

import static java.lang.System.Logger.Level.DEBUG;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.runtime.Metrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's load and memory, as {@code system/*} of {@code /metrics/snapshot}. */
final class SystemMetrics {
  private static final System.Logger LOG = System.getLogger(SystemMetrics.class.getName());
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private SystemMetrics() {}

  static void addTo(Metrics metrics) {
    metrics.gauge("system/cpus_total", () -> Runtime.getRuntime().availableProcessors());
    metrics.gauge("system/load_1min", () -> load(0));
    metrics.gauge("system/load_5min", () -> load(1));
    metrics.gauge("system/load_15min", () -> load(2));
    metrics.gauge("system/mem_total_bytes", () -> memory("MemTotal:"));
    metrics.gauge("system/mem_free_bytes", () -> memory("MemFree:"));
  }

  /** {@code /system/stats.json} (§5). */
  static Response stats(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    json.field("avg_load_1min", load(0)).field("avg_load_5min", load(1));
    json.field("avg_load_15min", load(2));
    json.field("cpus_total", (long) Runtime.getRuntime().availableProcessors());
    json.field("mem_total_bytes", (long) memory("MemTotal:"));
    json.field("mem_free_bytes", (long) memory("MemFree:"));
    return Replies.json(request, json.endObject());
  }

  private static double load(int index) {
    try {
      return Double.parseDouble(Files.readString(LOAD).split(" ")[index]);
    } catch (IOException e) {
      LOG.log(DEBUG, "cannot read " + LOAD + ": the JVM's own one-minute average stands in", e);
      return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
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

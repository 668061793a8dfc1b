package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.BenchCluster;
import io.mesocosm.bench.cluster.BenchCluster.FreeToOffer;
import io.mesocosm.bench.cluster.BenchCluster.Wave;
import io.mesocosm.bench.cluster.Sizes;
import java.util.ArrayList;
import java.util.List;

/**
 * Ten clients that poll {@code /state} without pause, at 1,000 agents with 50,000 tasks: what
 * becomes of offers and launches. The clients share the machine's cores with the master.
 */
final class ReadsBenchmark implements Benchmark {
  private static final int CLIENTS = 10;
  private static final int TASKS_PER_AGENT = 50;
  private static final int PROBES_PER_SECOND = 200;

  private record Figures(double launchesPerSecond, double cpuMicrosPerLaunch, FreeToOffer free) {}

  @Override
  public String name() {
    return "reads";
  }

  @Override
  public String description() {
    return "offers and launches while ten clients poll /state, against without them";
  }

  @Override
  public void run(Settings settings, Report report) {
    int agents = settings.sizesOr(1000).getFirst();
    Sizes sizes = new Sizes(agents, TASKS_PER_AGENT);
    try (BenchCluster cluster = new BenchCluster(settings.master(), sizes, settings.batches())) {
      cluster.register();
      cluster.subscribe();
      for (int warm = 0; warm < 3; warm++) {
        cluster.wave();
      }
      Figures unloaded = measure(cluster, settings);
      long reads;
      long failures;
      double seconds;
      Figures loaded;
      long begin = System.nanoTime();
      try (StatePoller pollers = new StatePoller(cluster.master().address(), CLIENTS)) {
        loaded = measure(cluster, settings);
        reads = pollers.reads();
        failures = pollers.failures();
        seconds = (System.nanoTime() - begin) / 1e9;
      }
      Table table =
          new Table(
              "reads: "
                  + agents
                  + " agents, "
                  + sizes.capacity()
                  + " tasks, "
                  + CLIENTS
                  + " pollers",
              "",
              "alone",
              "polled",
              "ratio");
      ObjectNode json = report.json();
      json.put("agents", agents);
      json.put("tasks", sizes.capacity());
      json.put("state_reads_per_second", reads / seconds);
      json.put("state_reads_failed", failures);
      compare(
          table, json, "launches_per_second", unloaded.launchesPerSecond, loaded.launchesPerSecond);
      compare(
          table,
          json,
          "free_to_offer_p50_ms",
          unloaded.free.p50Nanos() / 1e6,
          loaded.free.p50Nanos() / 1e6);
      compare(
          table,
          json,
          "free_to_offer_p99_ms",
          unloaded.free.p99Nanos() / 1e6,
          loaded.free.p99Nanos() / 1e6);
      compare(
          table,
          json,
          "master_cpu_us_per_launch",
          unloaded.cpuMicrosPerLaunch,
          loaded.cpuMicrosPerLaunch);
      report.print(table);
      report.say(
          String.format("  %.1f reads of /state a second, %d failed", reads / seconds, failures));
    }
  }

  private static void compare(
      Table table, ObjectNode json, String what, double unloaded, double loaded) {
    table.add(what, unloaded, loaded, loaded / unloaded);
    ObjectNode figures = json.putObject(what);
    figures.put("unloaded", unloaded);
    figures.put("loaded", loaded);
    figures.put("ratio", loaded / unloaded);
  }

  private static Figures measure(BenchCluster cluster, Settings settings) {
    List<Double> launches = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    for (int round = 0; round < settings.rounds(); round++) {
      Wave wave = cluster.wave();
      launches.add(wave.tasks() / wave.launchSeconds());
      cpu.add(wave.launchCpuMicros() / wave.tasks());
    }
    cluster.fill();
    FreeToOffer free = cluster.freeToOffer(PROBES_PER_SECOND, settings.seconds());
    cluster.settle();
    cluster.empty();
    return new Figures(Samples.median(launches), Samples.median(cpu), free);
  }
}

package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.BenchCluster;
import io.mesocosm.bench.cluster.MasterUnderTest;
import io.mesocosm.bench.cluster.Sizes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One read of {@code /state} of a large cluster with as many completed tasks as running ones. */
final class StateBenchmark implements Benchmark {
  private static final int TASKS_PER_AGENT = 10;

  /** What one process has file descriptors for; agents beyond are silent when /state is read. */
  private static final int LINKED_MAX = 10_000;

  @Override
  public String name() {
    return "state";
  }

  @Override
  public String description() {
    return "GET /state with ten running and ten completed tasks an agent";
  }

  @Override
  public void run(Settings settings, Report report) {
    Table table =
        new Table(
            "state: GET /state by one client, first read and median of the next "
                + settings.rounds(),
            "agents",
            "running",
            "completed",
            "MB",
            "first s",
            "then s",
            "MB/s",
            "master CPU s/read");
    ArrayNode all = report.array("sizes");
    for (int agents : settings.sizesOr(1000, 5000, 20_000)) {
      int fleets = (agents + LINKED_MAX - 1) / LINKED_MAX;
      Sizes sizes = new Sizes(agents / fleets, TASKS_PER_AGENT);
      MasterUnderTest.Options options =
          settings
              .master()
              .withFlags(
                  "--max_completed_tasks_per_framework=" + agents * TASKS_PER_AGENT,
                  "--agent_ping_timeout=10mins");
      try (BenchCluster cluster = new BenchCluster(options, sizes, settings.batches())) {
        populate(cluster, fleets);
        StatePoller.Read first = StatePoller.read(cluster.master().address());
        List<Double> seconds = new ArrayList<>();
        double cpu = cluster.master().cpuMicros();
        for (int round = 0; round < settings.rounds(); round++) {
          seconds.add(StatePoller.read(cluster.master().address()).seconds());
        }
        double cpuSeconds = (cluster.master().cpuMicros() - cpu) / 1e6 / settings.rounds();
        double then = Samples.median(seconds);
        int tasks = agents * TASKS_PER_AGENT;
        ObjectNode json = all.addObject();
        json.put("agents", agents);
        json.put("running", tasks);
        json.put("completed", tasks);
        json.put("bytes", first.bytes());
        json.put("first_s", first.seconds());
        json.put("seconds", then);
        json.put("bytes_per_second", first.bytes() / then);
        json.put("master_cpu_s", cpuSeconds);
        table.add(
            agents,
            tasks,
            tasks,
            first.bytes() / 1e6,
            first.seconds(),
            then,
            first.bytes() / 1e6 / then,
            cpuSeconds);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    report.print(table);
  }

  private static void populate(BenchCluster cluster, int fleets) {
    for (int fleet = 0; fleet < fleets; fleet++) {
      if (fleet > 0) {
        cluster.replaceFleet();
      }
      cluster.register();
      if (fleet == 0) {
        cluster.subscribe();
      }
      cluster.wave();
      cluster.fill();
    }
    cluster.settle();
  }
}

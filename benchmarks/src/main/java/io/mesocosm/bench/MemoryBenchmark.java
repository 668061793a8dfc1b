package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.BenchCluster;
import io.mesocosm.bench.cluster.Sizes;

/** What is alive on the master's heap after a full collection: empty, with agents, with tasks. */
final class MemoryBenchmark implements Benchmark {
  private static final int TASKS_PER_AGENT = 10;
  private static final int CLASSES_SHOWN = 15;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String description() {
    return "heap of the master after a full collection, per agent and per task";
  }

  @Override
  public void run(Settings settings, Report report) {
    Table table =
        new Table(
            "memory: alive after a full collection, master run with "
                + String.join(" ", settings.master().javaOptions()),
            "agents",
            "tasks",
            "empty MiB",
            "with agents MiB",
            "with tasks MiB",
            "KiB/agent",
            "KiB/task");
    ArrayNode all = report.array("sizes");
    for (int agents : settings.sizesOr(100, 1000, 10_000)) {
      Sizes sizes = new Sizes(agents, TASKS_PER_AGENT);
      try (BenchCluster cluster = new BenchCluster(settings.master(), sizes, settings.batches())) {
        double empty = cluster.master().heapBytes();
        cluster.register();
        double withAgents = cluster.master().heapBytes();
        cluster.subscribe();
        cluster.fill();
        double withTasks = cluster.master().heapBytes();
        ObjectNode json = all.addObject();
        json.put("agents", agents);
        json.put("tasks", sizes.capacity());
        json.put("empty_bytes", empty);
        json.put("heap_bytes", withTasks);
        json.put("bytes_per_agent", (withAgents - empty) / agents);
        json.put("bytes_per_task", (withTasks - withAgents) / sizes.capacity());
        table.add(
            agents,
            sizes.capacity(),
            empty / (1 << 20),
            withAgents / (1 << 20),
            withTasks / (1 << 20),
            (withAgents - empty) / agents / 1024,
            (withTasks - withAgents) / sizes.capacity() / 1024);
        cluster.master().histogram(CLASSES_SHOWN).forEach(report::say);
        cluster.troubles().forEach(trouble -> report.say("  trouble: " + trouble));
      }
    }
    report.print(table);
  }
}

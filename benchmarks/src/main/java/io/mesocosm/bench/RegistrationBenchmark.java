package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.BenchCluster;
import io.mesocosm.bench.cluster.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Agents register; then, full of tasks, they come back to a master that was killed. */
final class RegistrationBenchmark implements Benchmark {
  private static final int TASKS_PER_AGENT = 10;

  @Override
  public String name() {
    return "registration";
  }

  @Override
  public String description() {
    return "agents registering, and coming back with ten tasks each to a master that was killed";
  }

  @Override
  public void run(Settings settings, Report report) {
    Table table =
        new Table(
            "registration: medians of " + settings.rounds(),
            "agents",
            "tasks",
            "registered s",
            "agents/s",
            "all back s, from listening",
            "from the kill",
            "master CPU us/agent");
    ArrayNode all = report.array("sizes");
    for (int agents : settings.sizesOr(100, 1000, 10_000)) {
      Sizes sizes = new Sizes(agents, TASKS_PER_AGENT);
      try (BenchCluster cluster = new BenchCluster(settings.master(), sizes, settings.batches())) {
        double registered = cluster.register();
        cluster.subscribe();
        cluster.fill();
        List<Double> fromListening = new ArrayList<>();
        List<Double> fromKill = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (int round = 0; round < settings.rounds(); round++) {
          CompletableFuture<Long> back =
              cluster.loop().call(() -> cluster.fleet().subscriptions().more(agents));
          long begin = System.nanoTime();
          cluster.master().restart();
          long end = cluster.await(back);
          fromListening.add(Math.max(0, end - cluster.master().listeningNanos()) / 1e9);
          fromKill.add((end - begin) / 1e9);
          cpu.add(cluster.master().cpuMicros() / agents);
          report.say(
              String.format("  all %d back %.2f s after the kill", agents, fromKill.getLast()));
          cluster.settle();
        }
        ObjectNode json = all.addObject();
        json.put("agents", agents);
        json.put("tasks", sizes.capacity());
        json.put("registered_s", registered);
        json.put("reregistered_s_from_listening", Samples.median(fromListening));
        json.put("reregistered_s_from_kill", Samples.median(fromKill));
        table.add(
            agents,
            sizes.capacity(),
            registered,
            agents / registered,
            Samples.median(fromListening),
            Samples.median(fromKill),
            Samples.median(cpu));
      }
    }
    report.print(table);
  }
}

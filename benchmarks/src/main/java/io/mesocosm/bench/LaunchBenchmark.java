package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.BenchCluster;
import io.mesocosm.bench.cluster.BenchCluster.Churn;
import io.mesocosm.bench.cluster.BenchCluster.FreeToOffer;
import io.mesocosm.bench.cluster.BenchCluster.Wave;
import io.mesocosm.bench.cluster.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Launches: all slots of the cluster are filled at once, from REVIVE to every task's TASK_RUNNING
 * acknowledged at its agent, and emptied again; then the time from a task's end to the offer of
 * what it used, at a light pace; then tasks that end as soon as they run.
 */
final class LaunchBenchmark implements Benchmark {
  private static final int TASKS_PER_WAVE_MIN = 20_000;
  private static final int SLOTS_MIN = 10;
  private static final int WARM_UP_TASKS = 100_000;
  private static final int PROBES_PER_SECOND = 200;
  private static final int HEADLINE_AGENTS = 1000;

  private record Outcome(
      Sizes sizes, boolean batched, List<Wave> waves, FreeToOffer free, Churn churn) {
    double launchesPerSecond() {
      return median(wave -> wave.tasks() / wave.launchSeconds());
    }

    double median(ToDoubleFunction<Wave> figure) {
      return Samples.median(waves.stream().map(figure::applyAsDouble).toList());
    }

    double cpuMicrosPerLaunch() {
      return median(wave -> wave.launchCpuMicros() / wave.tasks());
    }

    double cpuMicrosPerTask() {
      return median(wave -> (wave.launchCpuMicros() + wave.endCpuMicros()) / wave.tasks());
    }
  }

  @Override
  public String name() {
    return "launch";
  }

  @Override
  public String description() {
    return "tasks launched to TASK_RUNNING acknowledged a second, time from free to offered, and a"
        + " peer";
  }

  @Override
  public void run(Settings settings, Report report) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int agents : settings.sizesOr(100, 1000, 10_000)) {
      if (settings.batches()) {
        outcomes.add(measure(agents, true, settings, report));
      }
      outcomes.add(measure(agents, false, settings, report));
    }
    Table table =
        new Table(
            "launch: medians of " + settings.rounds() + " waves",
            "agents",
            "tasks",
            "calls",
            "launches/s",
            "ends/s",
            "master CPU us/launch",
            "us/task in all",
            "free to offer p50 ms",
            "p99 ms",
            "churn/s",
            "churn p50 ms",
            "p99 ms");
    ArrayNode all = report.array("sizes");
    for (Outcome outcome : outcomes) {
      describe(outcome, all.addObject());
      table.add(
          outcome.sizes.agents(),
          outcome.sizes.capacity(),
          outcome.batched ? "batched" : "plain",
          outcome.launchesPerSecond(),
          outcome.median(wave -> wave.tasks() / wave.endSeconds()),
          outcome.cpuMicrosPerLaunch(),
          outcome.cpuMicrosPerTask(),
          outcome.free.p50Nanos() / 1e6,
          outcome.free.p99Nanos() / 1e6,
          outcome.churn.tasks() / outcome.churn.seconds(),
          outcome.churn.p50Nanos() / 1e6,
          outcome.churn.p99Nanos() / 1e6);
    }
    report.print(table);
    headline(outcomes, settings, report);
    new Peer(settings.peer()).run(report);
  }

  private static Outcome measure(int agents, boolean batches, Settings settings, Report report) {
    Sizes sizes = new Sizes(agents, Math.max(SLOTS_MIN, TASKS_PER_WAVE_MIN / agents));
    report.say(
        agents + " agents, " + sizes.capacity() + " tasks, " + (batches ? "batched" : "plain"));
    try (BenchCluster cluster = new BenchCluster(settings.master(), sizes, batches)) {
      double seconds = cluster.register();
      report.say(String.format("  registered in %.2f s", seconds));
      cluster.subscribe();
      if (batches && !cluster.scheduler().batches()) {
        report.say("  the master does not take several scheduler calls in one request");
      }
      for (int warm = 0; warm < WARM_UP_TASKS; warm += sizes.capacity()) {
        cluster.wave();
      }
      List<Wave> waves = new ArrayList<>();
      for (int round = 0; round < settings.rounds(); round++) {
        Wave wave = cluster.wave();
        waves.add(wave);
        report.say(
            String.format(
                "  wave: %,.0f launches/s, %.0f us of the master's CPU each",
                wave.tasks() / wave.launchSeconds(), wave.launchCpuMicros() / wave.tasks()));
      }
      cluster.fill();
      cluster.freeToOffer(PROBES_PER_SECOND, 2);
      FreeToOffer free = cluster.freeToOffer(PROBES_PER_SECOND, settings.seconds());
      cluster.churn(2);
      Churn churn = cluster.churn(settings.seconds());
      cluster.troubles().forEach(trouble -> report.say("  trouble: " + trouble));
      return new Outcome(sizes, batches, waves, free, churn);
    }
  }

  private static void describe(Outcome outcome, ObjectNode json) {
    json.put("agents", outcome.sizes.agents());
    json.put("tasks", outcome.sizes.capacity());
    json.put("batched", outcome.batched);
    json.put("launches_per_second", outcome.launchesPerSecond());
    json.put("ends_per_second", outcome.median(wave -> wave.tasks() / wave.endSeconds()));
    json.put("master_cpu_us_per_launch", outcome.cpuMicrosPerLaunch());
    json.put("master_cpu_us_per_task", outcome.cpuMicrosPerTask());
    ObjectNode free = json.putObject("free_to_offer_ms");
    free.put("p50", outcome.free.p50Nanos() / 1e6);
    free.put("p99", outcome.free.p99Nanos() / 1e6);
    free.put("count", outcome.free.count());
    ObjectNode churn = json.putObject("churn");
    churn.put("launches_per_second", outcome.churn.tasks() / outcome.churn.seconds());
    churn.put("master_cpu_us_per_launch", outcome.churn.cpuMicros() / outcome.churn.tasks());
    churn
        .putObject("free_to_offer_ms")
        .put("p50", outcome.churn.p50Nanos() / 1e6)
        .put("p99", outcome.churn.p99Nanos() / 1e6);
  }

  /** The keys that others read: of 1,000 agents if they were measured, else of the first size. */
  private static void headline(List<Outcome> outcomes, Settings settings, Report report) {
    int agents =
        outcomes.stream().anyMatch(outcome -> outcome.sizes.agents() == HEADLINE_AGENTS)
            ? HEADLINE_AGENTS
            : outcomes.getFirst().sizes.agents();
    for (Outcome outcome : outcomes) {
      if (outcome.sizes.agents() == agents && outcome.batched == settings.batches()) {
        describe(outcome, report.json());
      }
      if (outcome.sizes.agents() == agents && !outcome.batched) {
        report.json().put("plain_launches_per_second", outcome.launchesPerSecond());
      }
    }
    double least =
        outcomes.stream()
            .filter(outcome -> outcome.batched() == settings.batches())
            .mapToDouble(Outcome::cpuMicrosPerLaunch)
            .min()
            .orElse(1);
    double most =
        outcomes.stream()
            .filter(outcome -> outcome.batched() == settings.batches())
            .mapToDouble(Outcome::cpuMicrosPerLaunch)
            .max()
            .orElse(1);
    report.json().put("cost_per_launch_ratio_over_sizes", most / least);
  }
}

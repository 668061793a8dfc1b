package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Allocation;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.AllocatorConfig;
import io.mesocosm.allocator.FrameworkCapability;
import io.mesocosm.allocator.FrameworkTerms;
import io.mesocosm.allocator.HierarchicalAllocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.ResourceText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The allocator by itself: one cycle that hands out every agent, with every framework in want of
 * all. First all comes back and nobody refuses; then each cycle's takers refuse what they got for a
 * while, so that filters pile up.
 */
final class AllocationBenchmark implements Benchmark {
  private static final String AGENT = "cpus:24;mem:98304;disk:1000000;ports:[31000-32000]";
  private static final int CYCLES = 7;

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public String description() {
    return "a full allocation cycle, for agents x frameworks";
  }

  @Override
  public void run(Settings settings, Report report) {
    Table table =
        new Table(
            "allocation: median of " + CYCLES + " full cycles",
            "agents",
            "frameworks",
            "cycle ms",
            "with filters ms",
            "us/agent");
    ArrayNode all = report.array("sizes");
    for (int agents : settings.sizesOr(1000, 5000, 10_000)) {
      for (int frameworks : List.of(1, 100, 1000)) {
        double plain = cycleMillis(agents, frameworks, Optional.empty());
        double filtered = cycleMillis(agents, frameworks, Optional.of(Duration.ofHours(1)));
        ObjectNode json = all.addObject();
        json.put("agents", agents);
        json.put("frameworks", frameworks);
        json.put("cycle_ms", plain);
        json.put("cycle_with_filters_ms", filtered);
        table.add(agents, frameworks, plain, filtered, plain * 1000 / agents);
      }
    }
    report.print(table);
  }

  private static double cycleMillis(int agents, int frameworks, Optional<Duration> refused) {
    Allocator allocator = new HierarchicalAllocator(AllocatorConfig.USUAL, new SplittableRandom(1));
    for (int framework = 0; framework < frameworks; framework++) {
      allocator.addFramework(
          new FrameworkId("framework-" + framework),
          FrameworkTerms.of(
              new TreeSet<>(List.of("role-" + framework)), FrameworkCapability.MULTI_ROLE));
    }
    Resources total = ResourceText.parse(AGENT, "*");
    for (int agent = 0; agent < agents; agent++) {
      allocator.addAgent(
          new AgentId("agent-" + agent), AgentTerms.of("host-" + agent, total), new TreeMap<>());
    }
    List<Double> millis = new ArrayList<>();
    Instant now = Instant.EPOCH;
    for (int cycle = 0; cycle < 2 * CYCLES; cycle++) {
      now = now.plusSeconds(1);
      long begin = System.nanoTime();
      List<Allocation> allocations = allocator.allocate(now);
      double took = (System.nanoTime() - begin) / 1e6;
      if (cycle >= CYCLES && !allocations.isEmpty()) {
        millis.add(took); // the first ones warm the compiler up
      }
      Optional<Instant> until = refused.map(now::plus);
      for (Allocation allocation : allocations) {
        allocator.recover(
            allocation.framework(), allocation.agent(), allocation.resources(), until);
      }
    }
    return Samples.median(millis);
  }
}

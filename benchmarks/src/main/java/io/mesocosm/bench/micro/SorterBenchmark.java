package io.mesocosm.bench.micro;

import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Allocation;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.AllocatorConfig;
import io.mesocosm.allocator.FrameworkCapability;
import io.mesocosm.allocator.FrameworkTerms;
import io.mesocosm.allocator.HierarchicalAllocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.ResourceText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One agent becomes free, and whoever has the smallest share gets it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class SorterBenchmark {
  private static final int AGENTS = 1000;

  @Param({"10", "1000"})
  public int frameworks;

  private final Allocator allocator =
      new HierarchicalAllocator(AllocatorConfig.USUAL, new SplittableRandom(1));
  private List<Allocation> held = List.of();
  private Instant now = Instant.EPOCH;
  private int next;

  @Setup
  public void fill() {
    for (int framework = 0; framework < frameworks; framework++) {
      allocator.addFramework(
          new FrameworkId("framework-" + framework),
          FrameworkTerms.of(
              new TreeSet<>(List.of("role-" + framework)), FrameworkCapability.MULTI_ROLE));
    }
    for (int agent = 0; agent < AGENTS; agent++) {
      allocator.addAgent(
          new AgentId("agent-" + agent),
          AgentTerms.of("host-" + agent, ResourceText.parse("cpus:8;mem:16384", "*")),
          new TreeMap<>());
    }
    held = allocator.allocate(now);
  }

  @Benchmark
  public List<Allocation> freeOneAndAllocate() {
    Allocation freed = held.get(next);
    next = (next + 1) % held.size();
    now = now.plusNanos(1);
    allocator.recover(freed.framework(), freed.agent(), freed.resources(), Optional.empty());
    List<Allocation> given = allocator.allocate(now);
    held = held.size() == AGENTS ? swap(freed, given.getFirst()) : held;
    return given;
  }

  /** Whoever has it now gives it back next time. */
  private List<Allocation> swap(Allocation freed, Allocation given) {
    if (!(held instanceof java.util.ArrayList<Allocation>)) {
      held = new java.util.ArrayList<>(held);
    }
    held.set(Math.floorMod(next - 1, held.size()), given);
    if (!freed.agent().equals(given.agent())) {
      throw new IllegalStateException(freed.agent() + " was free and " + given.agent() + " given");
    }
    return held;
  }
}

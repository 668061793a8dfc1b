package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.set;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Run by hand: prints how long an allocation takes for growing clusters. "full" hands out all
 * agents; "declined" does it again after everything was declined with a filter; "one" recovers one
 * agent and allocates, with everybody else's filters in place or not.
 */
final class AllocationCycle {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ROUNDS = 7;

  private AllocationCycle() {}

  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
    out.printf(Locale.ROOT, "cold, 10000 agents, 1000 frameworks: %.1f ms%n", cold());
    out.println("5000 of 10000 agents idle by limits: " + idle(true));
    out.println("5000 of 10000 agents idle by headroom: " + idle(false));
    if (List.of(arguments).contains("idle")) {
      return;
    }
    out.println("agents  frameworks  roles  quota   full ms  declined ms  revive ms  one agent us");
    for (boolean quota : new boolean[] {false, true}) {
      for (int agents : List.of(1_000, 5_000, 10_000)) {
        for (int frameworks : List.of(10, 100, 1_000)) {
          for (int roles : List.of(1, frameworks)) {
            out.println(measure(agents, frameworks, roles, quota));
          }
        }
      }
    }
  }

  /** One cluster in a fresh process, before the compiler warmed up. */
  private static double cold() {
    HierarchicalAllocator allocator = cluster(10_000, 1_000, 1_000, false, 0);
    long begin = System.nanoTime();
    allocator.allocate(NOW);
    return (System.nanoTime() - begin) / 1e6;
  }

  /**
   * Half of 10,000 agents stand idle because of quotas; one at a time comes back and is handed out.
   *
   * @param limits all roles are at their limits; else a role without frameworks is guaranteed half
   */
  private static String idle(boolean limits) {
    HierarchicalAllocator allocator = cluster(10_000, 1_000, 1_000, false, 1);
    TreeMap<String, Scalar> amounts = new TreeMap<>();
    amounts.put("cpus", Scalar.of(limits ? 80 : 80_000));
    amounts.put("mem", Scalar.of(limits ? 5 * 65536 : 5_000.0 * 65536));
    for (int i = 0; i < (limits ? 1_000 : 1); i++) {
      allocator.setQuota(
          limits ? "role" + i : "idle",
          limits ? new Quota(new TreeMap<>(), amounts) : new Quota(amounts, new TreeMap<>()));
    }
    long begin = System.nanoTime();
    List<Allocation> held = new java.util.ArrayList<>(allocator.allocate(NOW));
    double first = (System.nanoTime() - begin) / 1e6;
    for (int i = 0; i < 2_000; i++) {
      if (i == 1_000) {
        begin = System.nanoTime();
      }
      Allocation each = held.removeFirst();
      decline(allocator, each, Optional.empty());
      held.addAll(allocator.allocate(NOW));
    }
    double one = (System.nanoTime() - begin) / 1e6;
    return String.format(Locale.ROOT, "first cycle %.1f ms, one agent %.1f us", first, one);
  }

  private static String measure(int agents, int frameworks, int roles, boolean quota) {
    double full = Double.MAX_VALUE;
    double declined = Double.MAX_VALUE;
    double revive = Double.MAX_VALUE;
    double one = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      HierarchicalAllocator allocator = cluster(agents, frameworks, roles, quota, round);
      long begin = System.nanoTime();
      List<Allocation> first = allocator.allocate(NOW);
      full = Math.min(full, (System.nanoTime() - begin) / 1e6);
      for (Allocation each : first) {
        decline(allocator, each, Optional.of(NOW.plusSeconds(60)));
      }
      begin = System.nanoTime();
      List<Allocation> second = allocator.allocate(NOW.plusSeconds(1));
      declined = Math.min(declined, (System.nanoTime() - begin) / 1e6);
      begin = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        Allocation each = second.get(i % second.size());
        decline(allocator, each, Optional.empty());
        second = replaced(second, i % second.size(), allocator.allocate(NOW.plusSeconds(1)));
      }
      one = Math.min(one, (System.nanoTime() - begin) / 1e6);
      for (Allocation each : second) {
        decline(allocator, each, Optional.of(NOW.plusSeconds(60)));
      }
      allocator.revive(new FrameworkId("F00001"), new TreeSet<>());
      begin = System.nanoTime();
      allocator.allocate(NOW.plusSeconds(2));
      revive = Math.min(revive, (System.nanoTime() - begin) / 1e6);
    }
    return String.format(
        Locale.ROOT,
        "%6d  %10d  %5d  %5s  %8.1f  %11.1f  %9.1f  %12.1f",
        agents,
        frameworks,
        roles,
        quota,
        full,
        declined,
        revive,
        one);
  }

  private static List<Allocation> replaced(
      List<Allocation> allocations, int index, List<Allocation> instead) {
    List<Allocation> changed =
        allocations instanceof java.util.ArrayList<Allocation> already
            ? already
            : new java.util.ArrayList<>(allocations);
    changed.set(index, instead.getFirst());
    return changed;
  }

  private static void decline(
      HierarchicalAllocator allocator, Allocation each, Optional<Instant> until) {
    allocator.recover(each.framework(), each.agent(), each.resources(), until);
  }

  private static HierarchicalAllocator cluster(
      int agents, int frameworks, int roles, boolean quota, int seed) {
    HierarchicalAllocator allocator =
        new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(seed));
    for (int i = 0; i < frameworks; i++) {
      allocator.addFramework(
          new FrameworkId(String.format(Locale.ROOT, "F%05d", i)),
          FrameworkTerms.of(set("role" + i % roles)));
    }
    if (quota) {
      for (int i = 0; i < Math.min(roles, 100); i++) {
        TreeMap<String, Scalar> guarantees = new TreeMap<>();
        guarantees.put("cpus", Scalar.of(agents * 16.0 / 2 / roles));
        allocator.setQuota("role" + i, new Quota(guarantees, new TreeMap<>()));
      }
    }
    Resources total =
        Resources.of(
            Resource.unreserved("cpus", Scalar.of(16)),
            Resource.unreserved("mem", Scalar.of(65536)),
            Resource.unreserved("disk", Scalar.of(1_000_000)),
            Resource.unreserved("ports", Ranges.of(31000, 32000)));
    for (int i = 0; i < agents; i++) {
      AgentId id = new AgentId(String.format(Locale.ROOT, "S%05d", i));
      allocator.addAgent(id, AgentTerms.of("host" + i, total), new TreeMap<>());
    }
    return allocator;
  }
}

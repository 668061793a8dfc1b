package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.agent;
import static io.mesocosm.allocator.AllocatorTest.cpusMem;
import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Guarantees that the cluster is big enough for (contracts/mesos-allocation.md §6). */
class QuotaLawsTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final List<String> NAMES = List.of("cpus", "mem");
  private static final int AGENTS = 8;
  private static final int CPUS = 4;
  private static final int MEM = 1024;

  /** Who may ask: two roles without a guarantee, three with one, two of these by a role below. */
  private static final List<String> TAKERS =
      List.of("plain", "other", "one", "two/web", "two/batch", "three/web");

  private static final List<String> GUARANTEED = List.of("one", "two", "three");

  /**
   * Parts of the cluster that are guaranteed to each of {@link #GUARANTEED}: together at most all.
   */
  record Guarantees(List<Integer> cpus, List<Integer> mem) {
    Quota of(int index) {
      SortedMap<String, Scalar> amounts = new TreeMap<>();
      amounts.put("cpus", Scalar.of(cpus.get(index)));
      amounts.put("mem", Scalar.of(64 * mem.get(index)));
      return new Quota(amounts, new TreeMap<>());
    }
  }

  /**
   * One thing that happens.
   *
   * @param number of the taker or of the offer that it happens to
   */
  record Step(Kind kind, int number) {}

  enum Kind {
    JOIN,
    GIVE_BACK,
    ALLOCATE
  }

  /** A cluster with guarantees from the start, and its own books. */
  private static final class Cluster {
    final HierarchicalAllocator allocator =
        new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));
    final Guarantees guarantees;
    final List<Allocation> held = new ArrayList<>();
    final SortedSet<String> joined = new TreeSet<>();

    Cluster(Guarantees guarantees) {
      this.guarantees = guarantees;
      for (int i = 0; i < GUARANTEED.size(); i++) {
        allocator.setQuota(GUARANTEED.get(i), guarantees.of(i));
      }
      for (int i = 0; i < AGENTS; i++) {
        allocator.addAgent(
            agent(i), AgentTerms.of("host" + i, cpusMem(CPUS, MEM)), new TreeMap<>());
      }
    }

    void happens(Step step) {
      switch (step.kind()) {
        case JOIN -> join(TAKERS.get(step.number() % TAKERS.size()));
        case GIVE_BACK -> {
          if (!held.isEmpty()) {
            Allocation back = held.remove(step.number() % held.size());
            allocator.recover(back.framework(), back.agent(), back.resources(), Optional.empty());
          }
        }
        case ALLOCATE -> held.addAll(allocator.allocate(NOW));
      }
    }

    void join(String role) {
      if (joined.add(role)) {
        FrameworkId framework = new FrameworkId("F-" + role.replace('/', '.'));
        allocator.addFramework(framework, FrameworkTerms.of(set(role)));
      }
    }

    long missing(int index, String name) {
      String top = GUARANTEED.get(index);
      long has =
          held.stream()
              .filter(each -> RolePaths.isWithin(top, each.role()))
              .mapToLong(each -> each.resources().scalar(name).thousandths())
              .sum();
      long guaranteed =
          Objects.requireNonNull(guarantees.of(index).guarantees().get(name)).thousandths();
      return Math.max(0, guaranteed - has);
    }

    long free(String name) {
      long free = 0;
      for (int i = 0; i < AGENTS; i++) {
        free += allocator.free(agent(i)).scalar(name).thousandths();
      }
      return free;
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void whatIsGuaranteedAndNotHadIsFree(
      @ForAll("guarantees") Guarantees guarantees, @ForAll("steps") List<Step> steps) {
    Cluster cluster = new Cluster(guarantees);
    for (Step step : steps) {
      cluster.happens(step);
      for (String name : NAMES) {
        long missing = 0;
        for (int i = 0; i < GUARANTEED.size(); i++) {
          missing += cluster.missing(i, name);
        }
        assertThat(missing).as(name).isLessThanOrEqualTo(cluster.free(name));
      }
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void guaranteesAreMetWhenAllHaveTakersAndNothingStaysFreeThen(
      @ForAll("guarantees") Guarantees guarantees, @ForAll("steps") List<Step> steps) {
    Cluster cluster = new Cluster(guarantees);
    steps.forEach(cluster::happens);

    TAKERS.forEach(cluster::join);
    cluster.happens(new Step(Kind.ALLOCATE, 0));

    for (String name : NAMES) {
      for (int i = 0; i < GUARANTEED.size(); i++) {
        assertThat(cluster.missing(i, name)).as(name + " of " + GUARANTEED.get(i)).isZero();
      }
      assertThat(cluster.free(name)).as(name).isZero();
    }
  }

  @Provide
  Arbitrary<Guarantees> guarantees() {
    return Combinators.combine(parts(AGENTS * CPUS), parts(AGENTS * MEM / 64)).as(Guarantees::new);
  }

  /** So many numbers as there are guaranteed roles, together at most {@code all}. */
  private static Arbitrary<List<Integer>> parts(int all) {
    return Arbitraries.integers()
        .between(0, all)
        .list()
        .ofSize(GUARANTEED.size())
        .map(cuts -> {
          List<Integer> sorted = cuts.stream().sorted().toList();
          List<Integer> parts = new ArrayList<>();
          int before = 0;
          for (int cut : sorted) {
            parts.add(cut - before);
            before = cut;
          }
          return parts;
        });
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 99))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }
}

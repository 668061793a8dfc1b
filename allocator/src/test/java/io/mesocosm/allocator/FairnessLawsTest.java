package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.agent;
import static io.mesocosm.allocator.AllocatorTest.cpusMem;
import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * How far shares are from the ideal of weighted dominant-resource fairness
 * (contracts/mesos-allocation.md §4). Every agent is one task: who comes first takes it whole.
 *
 * <p>Ideally all siblings have the same share for their weight. Tasks are not divisible, so one may
 * be above the others by the last task that it got, and never by more. Counted in tasks of one
 * size, that is within one task of a level common to all; it is not within one of {@code tasks *
 * weight / weights} for any number of siblings, as every sibling gets its first task before a heavy
 * one gets its second.
 */
class FairnessLawsTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final double ROUNDING = 1e-9;

  /** A role with a weight, and the weights of the roles below it. */
  record Tree(int weight, List<Integer> below) {
    int sumBelow() {
      return below.stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Roles, one framework in each that has none below it; what each holds, in order. */
  private static final class Cluster {
    final HierarchicalAllocator allocator =
        new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));
    final SortedMap<String, Double> weights = new TreeMap<>();
    final List<Allocation> held = new ArrayList<>();
    final SortedMap<String, Long> totals = new TreeMap<>();

    Cluster(List<Tree> trees) {
      for (int i = 0; i < trees.size(); i++) {
        Tree tree = trees.get(i);
        String top = "r" + i;
        weigh(top, tree.weight());
        for (int j = 0; j < tree.below().size(); j++) {
          weigh(top + "/s" + j, tree.below().get(j));
          join(top + "/s" + j);
        }
        if (tree.below().isEmpty()) {
          join(top);
        }
      }
    }

    private void weigh(String role, double weight) {
      weights.put(role, weight);
      allocator.setWeight(role, weight);
    }

    private void join(String role) {
      allocator.addFramework(
          new FrameworkId("F-" + role.replace('/', '.')), FrameworkTerms.of(set(role)));
    }

    void agents(List<Resources> agents) {
      for (int i = 0; i < agents.size(); i++) {
        allocator.addAgent(agent(i), AgentTerms.of("host" + i, agents.get(i)), new TreeMap<>());
        agents
            .get(i)
            .scalarQuantities()
            .forEach((name, amount) -> totals.merge(name, amount.thousandths(), Long::sum));
      }
    }

    /** How much of what it has most of a role and those below it have, for its weight. */
    double share(String role) {
      Resources has =
          held.stream()
              .filter(each -> RolePaths.isWithin(role, each.role()))
              .map(each -> each.resources().unallocated())
              .reduce(Resources.NONE, Resources::plus);
      double most = 0;
      for (var each : has.scalarQuantities().entrySet()) {
        long total = Objects.requireNonNull(totals.get(each.getKey()));
        most = Math.max(most, (double) each.getValue().thousandths() / total);
      }
      return most / weight(role);
    }

    double weight(String role) {
      return Objects.requireNonNull(weights.get(role));
    }

    List<String> siblings(String role) {
      String above = role.contains("/") ? role.substring(0, role.indexOf('/') + 1) : "";
      return weights.keySet().stream()
          .filter(each -> each.startsWith(above) && each.indexOf('/', above.length()) < 0)
          .toList();
    }

    long tasks(String role) {
      return held.stream().filter(each -> RolePaths.isWithin(role, each.role())).count();
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void nobodyIsAheadOfASiblingByMoreThanTheLastTaskThatItGot(
      @ForAll("trees") List<Tree> trees,
      @ForAll("tasks") List<Resources> tasks,
      @ForAll("returns") List<Integer> returns) {
    Cluster cluster = new Cluster(trees);
    cluster.agents(tasks);
    assertThatTheLastTaskWasDue(cluster);
    for (int number : returns) {
      Allocation back = cluster.held.remove(number % cluster.held.size());
      cluster.allocator.recover(back.framework(), back.agent(), back.resources(), Optional.empty());
      if (number % 3 == 0 || cluster.held.isEmpty()) {
        assertThatTheLastTaskWasDue(cluster);
      }
    }
  }

  /** Allocates everything and looks at the share of each that got something, before its last. */
  private static void assertThatTheLastTaskWasDue(Cluster cluster) {
    SortedMap<String, Double> beforeLast = new TreeMap<>();
    for (Allocation next : cluster.allocator.allocate(NOW)) {
      for (String role : RolePaths.pathsOf(next.role())) {
        beforeLast.put(role, cluster.share(role));
      }
      cluster.held.add(next);
    }
    beforeLast.forEach((role, share) -> {
      for (String sibling : cluster.siblings(role)) {
        assertThat(share)
            .as("share of %s before its last task, and of %s", role, sibling)
            .isLessThanOrEqualTo(cluster.share(sibling) + ROUNDING);
      }
    });
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void tasksOfOneSizeAreWithinOneOfALevelForAll(
      @ForAll("trees") List<Tree> trees, @ForAll("count") int count) {
    Cluster cluster = new Cluster(trees);
    cluster.agents(Collections.nCopies(count, cpusMem(1, 128)));

    cluster.held.addAll(cluster.allocator.allocate(NOW));

    assertThat(cluster.held).hasSize(count);
    cluster.weights.forEach((role, weight) -> {
      double above = Math.max(0, cluster.tasks(role) - 1) / weight;
      for (String sibling : cluster.siblings(role)) {
        assertThat(above)
            .as("tasks of %s but one, and of %s, for their weights", role, sibling)
            .isLessThanOrEqualTo(cluster.tasks(sibling) / cluster.weight(sibling) + ROUNDING);
      }
    });
  }

  @Property(edgeCases = EdgeCasesMode.NONE, tries = 100)
  void whatCanBeDividedByTheWeightsIsDividedByThem(
      @ForAll("trees") List<Tree> trees, @ForAll("few") int times) {
    int unit = times;
    for (Tree tree : trees) {
      unit *= Math.max(1, tree.sumBelow());
    }
    int sum = trees.stream().mapToInt(Tree::weight).sum();
    Cluster cluster = new Cluster(trees);
    cluster.agents(Collections.nCopies(unit * sum, cpusMem(1, 128)));

    cluster.held.addAll(cluster.allocator.allocate(NOW));

    for (int i = 0; i < trees.size(); i++) {
      Tree tree = trees.get(i);
      int tasks = unit * tree.weight();
      assertThat(cluster.tasks("r" + i)).as("r" + i).isEqualTo(tasks);
      for (int j = 0; j < tree.below().size(); j++) {
        assertThat(cluster.tasks("r" + i + "/s" + j))
            .as("r" + i + "/s" + j)
            .isEqualTo(tasks * tree.below().get(j) / tree.sumBelow());
      }
    }
  }

  @Provide
  Arbitrary<List<Tree>> trees() {
    Arbitrary<List<Integer>> below = Arbitraries.integers().between(1, 3).list().ofMaxSize(2);
    return Combinators.combine(Arbitraries.integers().between(1, 5), below)
        .as(Tree::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  /** Agents with more cpus for their memory or fewer. */
  @Provide
  Arbitrary<List<Resources>> tasks() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 4), Arbitraries.integers().between(1, 8))
        .as((cpus, mem) -> cpusMem(cpus, 64.0 * mem))
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<List<Integer>> returns() {
    return Arbitraries.integers().between(0, 99).list().ofMaxSize(20);
  }

  @Provide
  Arbitrary<Integer> count() {
    return Arbitraries.integers().between(1, 120);
  }

  @Provide
  Arbitrary<Integer> few() {
    return Arbitraries.integers().between(1, 2);
  }
}

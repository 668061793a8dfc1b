package io.mesocosm.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What always holds, whatever happened, for kept seeds. */
class RandomClusterTest {
  private static final int STEPS = 600;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("allocator.seeds", 40));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theSameIsAllocatedAsByLookingAtEverythingEveryTime(long seed) {
    RandomCluster cluster = new RandomCluster(seed, 6);
    for (int step = 0; step < STEPS; step++) {
      String when = "seed " + seed + ", step " + step;
      cluster.happening();
      if (cluster.random.nextInt(3) == 0) {
        SortedMap<String, SortedMap<String, Scalar>> before = consumed(cluster);
        List<Allocation> allocations = cluster.allocate(when);
        assertReservationsAreKept(allocations, when);
        assertLimitsHold(cluster, before, when);
      }
      assertNothingIsLostOrHandedOutTwice(cluster, when);
    }
  }

  private static SortedMap<String, SortedMap<String, Scalar>> consumed(RandomCluster cluster) {
    SortedMap<String, SortedMap<String, Scalar>> consumed = new TreeMap<>();
    for (String role : List.of("a", "b")) {
      consumed.put(role, cluster.allocator.quotaConsumed(role));
      assertThat(consumed.get(role)).isEqualTo(cluster.reference.quotaConsumed(role));
    }
    return consumed;
  }

  private static void assertLimitsHold(
      RandomCluster cluster, SortedMap<String, SortedMap<String, Scalar>> before, String when) {
    cluster.quotas.forEach((role, quota) ->
        quota
            .limits()
            .forEach((name, limit) -> {
              Scalar was =
                  before.getOrDefault(role, new TreeMap<>()).getOrDefault(name, Scalar.ZERO);
              Scalar is = cluster.allocator.quotaConsumed(role).getOrDefault(name, Scalar.ZERO);
              // A limit may be set below what a role has: then it only gets no more.
              assertThat(is)
                  .as(when + ", " + name + " of " + role)
                  .isLessThanOrEqualTo(was.compareTo(limit) > 0 ? was : limit);
            }));
  }

  private static void assertReservationsAreKept(List<Allocation> allocations, String when) {
    for (Allocation allocation : allocations) {
      for (Resource entry : allocation.resources().entries()) {
        assertThat(entry.isAllocatableTo(allocation.role())).as(when + ", " + allocation).isTrue();
      }
    }
  }

  private static void assertNothingIsLostOrHandedOutTwice(RandomCluster cluster, String when) {
    cluster.agents.forEach((agent, terms) -> {
      Resources free = cluster.allocator.free(agent);
      Resources held = cluster.heldOn(agent);
      assertThat(free).as(when + ", " + agent).isEqualTo(cluster.reference.free(agent));
      if (terms.total().contains(held)) {
        assertThat(free.plus(held)).as(when + ", " + agent).isEqualTo(terms.total());
      } else {
        // Only the estimate of what is revocable shrinks below what is in use.
        assertThat(free.plus(held).nonRevocable()).isEqualTo(terms.total().nonRevocable());
      }
      // Ranges are a union: a port that was given twice shows only in the count.
      long ports =
          cluster.held.stream()
              .filter(each -> each.agent().equals(agent))
              .mapToLong(each -> each.resources().ranges("ports").size())
              .sum();
      assertThat(ports).as(when).isEqualTo(held.ranges("ports").size());
    });
    cluster
        .allocator
        .shares()
        .forEach(share ->
            assertThat(
                    share.allocated().values().stream()
                        .map(Resources::nonShared)
                        .map(Resources::unallocated)
                        .reduce(Resources.NONE, Resources::plus))
                .as(when)
                .isEqualTo(cluster.heldOn(share.id())));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whenEverybodyHasLeftNothingIsLeftBehind(long seed) {
    RandomCluster cluster = new RandomCluster(seed, 6);
    for (int step = 0; step < STEPS; step++) {
      cluster.happening();
      if (cluster.random.nextInt(3) == 0) {
        cluster.allocate("seed " + seed + ", step " + step);
      }
    }

    cluster.everybodyLeaves();

    assertThat(cluster.allocator.dominantShares()).isEmpty();
    assertThat(cluster.allocator.nextExpiry()).isEmpty();
    assertThat(cluster.allocator.figures().offersFilteredByRole()).isEmpty();
    cluster.agents.forEach((agent, terms) ->
        assertThat(cluster.allocator.free(agent)).as("seed " + seed).isEqualTo(terms.total()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void explanationsAgreeWithWhatIsAllocated(long seed) {
    RandomCluster cluster = new RandomCluster(seed, 1);
    AgentId agent = new AgentId("S0");
    for (int step = 0; step < STEPS; step++) {
      cluster.happening();
      if (!cluster.agents.containsKey(agent) || cluster.random.nextInt(3) > 0) {
        continue;
      }
      String when = "seed " + seed + ", step " + step;
      SortedMap<String, Resources> foretold = new TreeMap<>();
      for (FrameworkId framework : cluster.frameworks) {
        for (String role : RandomCluster.ROLES) {
          Explanation explanation =
              cluster
                  .allocator
                  .explain(framework, Optional.of(role), Optional.of(agent), cluster.now())
                  .getFirst();
          assertThat(explanation.sentence()).contains(framework.toString()).doesNotEndWith(".");
          if (explanation instanceof Explanation.WouldBeOffered offered) {
            foretold.put(framework + " " + role, offered.resources().allocatedTo(role));
          }
        }
      }
      SortedMap<String, Resources> offered = new TreeMap<>();
      cluster
          .allocate(when)
          .forEach(each -> offered.put(each.framework() + " " + each.role(), each.resources()));
      assertThat(foretold).as(when).isEqualTo(offered);
    }
  }
}

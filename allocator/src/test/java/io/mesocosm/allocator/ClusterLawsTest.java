package io.mesocosm.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.allocator.RandomCluster.Happening;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What always holds in a cluster, whatever happened (contracts/mesos-allocation.md). */
class ClusterLawsTest {
  private static final int AGENTS = 6;

  @Property(edgeCases = EdgeCasesMode.NONE)
  void nothingIsOfferedTwiceAtOneTime(@ForAll("happenings") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.alone(AGENTS);
    for (Happening happening : happenings) {
      if (!cluster.happens(happening).isEmpty()) {
        cluster.agents.forEach((agent, terms) -> {
          assertThatPortsAndWholeDisksHaveOneHolder(cluster, agent);
          assertThatNoMoreIsHeldThanThereIs(cluster, agent, terms.total());
        });
      }
    }
  }

  private static void assertThatPortsAndWholeDisksHaveOneHolder(
      RandomCluster cluster, AgentId agent) {
    Set<Long> ports = new HashSet<>();
    Set<Resource> disks = new HashSet<>();
    for (Resources held : cluster.heldOneByOne(agent)) {
      for (Resource entry : held.entries()) {
        if (entry.value() instanceof Ranges ranges) {
          for (Ranges.Range range : ranges.ranges()) {
            for (long port = range.begin(); port <= range.end(); port++) {
              assertThat(ports.add(port)).as("port %d on %s", port, agent).isTrue();
            }
          }
        } else if (!entry.isDivisible()) {
          assertThat(disks.add(entry)).as("%s on %s", entry, agent).isTrue();
        }
      }
    }
  }

  private static void assertThatNoMoreIsHeldThanThereIs(
      RandomCluster cluster, AgentId agent, Resources total) {
    SortedMap<String, Scalar> sums = new TreeMap<>();
    for (Resources held : cluster.heldOneByOne(agent)) {
      // The estimate of what is revocable may shrink below what is in use.
      for (Resource entry : held.nonRevocable().entries()) {
        if (entry.value() instanceof Scalar amount) {
          sums.merge(entry.name(), amount, Scalar::plus);
        }
      }
    }
    sums.forEach((name, sum) ->
        assertThat(sum)
            .as(name + " on " + agent)
            .isLessThanOrEqualTo(total.nonRevocable().scalar(name)));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void offeredAllocatedAndFreeAreTheTotal(@ForAll("happenings") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.alone(AGENTS);
    for (Happening happening : happenings) {
      cluster.happens(happening);
      cluster.agents.forEach((agent, terms) -> {
        Resources free = cluster.allocator.free(agent);
        Resources held = cluster.heldOn(agent);
        if (terms.total().contains(held)) {
          assertThat(free.plus(held)).as(agent.toString()).isEqualTo(terms.total());
        } else {
          assertThat(free.plus(held).nonRevocable())
              .as(agent.toString())
              .isEqualTo(terms.total().nonRevocable());
        }
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
                  .isEqualTo(cluster.heldOn(share.id())));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noRoleGetsMoreThanItsLimits(@ForAll("happenings") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.alone(AGENTS);
    for (Happening happening : happenings) {
      SortedMap<String, Scalar> before = new TreeMap<>();
      cluster.limits((role, name, _) -> before.put(role + name, cluster.consumed(role, name)));
      if (cluster.happens(happening).isEmpty()) {
        continue;
      }
      cluster.limits((role, name, limit) -> {
        // A limit may be set below what a role has: then it only gets no more.
        Scalar was = before.getOrDefault(role + name, Scalar.ZERO);
        assertThat(cluster.consumed(role, name))
            .as(name + " of " + role)
            .isLessThanOrEqualTo(was.compareTo(limit) > 0 ? was : limit);
      });
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void whatIsReservedIsOfferedOnlyToItsRoleAndThoseBelow(
      @ForAll("happenings") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.alone(AGENTS);
    for (Happening happening : happenings) {
      for (Allocation allocation : cluster.happens(happening)) {
        assertThat(allocation.resources().reserved().entries())
            .allMatch(entry -> RolePaths.isWithin(entry.role(), allocation.role()));
      }
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE, tries = 150)
  void theSameIsAllocatedAsByLookingAtEverythingEveryTime(
      @ForAll("longSequences") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.compared(AGENTS);
    for (Happening happening : happenings) {
      cluster.happens(happening);
      for (AgentId agent : cluster.agents.keySet()) {
        assertThat(cluster.allocator.free(agent)).isEqualTo(cluster.reference().free(agent));
      }
      for (String role : List.of("a", "b")) {
        assertThat(cluster.allocator.quotaConsumed(role))
            .isEqualTo(cluster.reference().quotaConsumed(role));
        assertThat(cluster.allocator.offeredOrAllocated(role))
            .isEqualTo(cluster.reference().offeredOrAllocated(role));
      }
    }
    assertThat(cluster.allocator.figures())
        .usingRecursiveComparison()
        .ignoringFields("agentsWaiting", "offersFilteredByRole")
        .isEqualTo(cluster.reference().figures());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void whenEverybodyHasLeftNothingIsLeftBehind(@ForAll("happenings") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.alone(AGENTS);
    happenings.forEach(cluster::happens);

    cluster.everybodyLeaves();

    assertThat(cluster.allocator.allocate(cluster.now())).isEmpty();
    assertThat(cluster.allocator.dominantShares()).isEmpty();
    assertThat(cluster.allocator.nextDue()).isEmpty();
    assertThat(cluster.allocator.figures().offersFilteredByRole()).isEmpty();
    cluster.agents.forEach(
        (agent, terms) -> assertThat(cluster.allocator.free(agent)).isEqualTo(terms.total()));
  }

  @Property(edgeCases = EdgeCasesMode.NONE, tries = 60)
  void explanationsForetellWhatIsAllocated(@ForAll("happenings") List<Happening> happenings) {
    RandomCluster cluster = RandomCluster.compared(1);
    AgentId agent = new AgentId("S0");
    for (Happening happening : happenings) {
      cluster.happens(happening);
      if (!cluster.agents.containsKey(agent)) {
        continue;
      }
      SortedMap<String, Resources> foretold = offers(cluster, cluster.allocator, agent);
      assertThat(foretold).isEqualTo(offers(cluster, cluster.reference(), agent));
      SortedMap<String, Resources> offered = new TreeMap<>();
      cluster
          .allocate()
          .forEach(each ->
              offered.put(each.framework() + " " + each.role(), each.resources().unallocated()));
      assertThat(foretold).isEqualTo(offered);
    }
  }

  private static SortedMap<String, Resources> offers(
      RandomCluster cluster, Allocator allocator, AgentId agent) {
    SortedMap<String, Resources> offers = new TreeMap<>();
    for (FrameworkId framework : cluster.frameworks) {
      for (String role : RandomCluster.ROLES) {
        Explanation explanation =
            allocator
                .explain(framework, Optional.of(role), Optional.of(agent), cluster.now())
                .getFirst();
        assertThat(explanation.sentence()).contains(framework.toString()).doesNotEndWith(".");
        if (explanation instanceof Explanation.WouldBeOffered offered) {
          offers.put(framework + " " + role, offered.resources());
        }
      }
    }
    return offers;
  }

  @Provide
  Arbitrary<List<Happening>> happenings() {
    return RandomCluster.happenings(200);
  }

  @Provide
  Arbitrary<List<Happening>> longSequences() {
    return RandomCluster.happenings(600);
  }
}

package io.mesocosm.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AllocatorTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final FrameworkId ONE = new FrameworkId("F-0001");
  private static final FrameworkId TWO = new FrameworkId("F-0002");
  private static final FrameworkId THREE = new FrameworkId("F-0003");

  private final HierarchicalAllocator allocator =
      new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));

  @Test
  void oneFrameworkIsOfferedEverythingOnEveryAgent() {
    framework(ONE, "web");
    agents(3, cpusMem(4, 1024));

    List<Allocation> allocations = allocator.allocate(NOW);

    assertThat(allocations).hasSize(3);
    assertThat(allocations)
        .allSatisfy(allocation -> {
          assertThat(allocation.framework()).isEqualTo(ONE);
          assertThat(allocation.role()).isEqualTo("web");
          assertThat(allocation.resources()).isEqualTo(cpusMem(4, 1024).allocatedTo("web"));
        });
    assertThat(allocator.allocate(NOW)).isEmpty();
  }

  @Test
  void twoFrameworksOfOneRoleShareEvenly() {
    framework(ONE, "web");
    framework(TWO, "web");
    agents(10, cpusMem(4, 1024));

    List<Allocation> allocations = allocator.allocate(NOW);

    assertThat(allocations).filteredOn(a -> a.framework().equals(ONE)).hasSize(5);
    assertThat(allocations).filteredOn(a -> a.framework().equals(TWO)).hasSize(5);
  }

  @Test
  void rolesShareEvenlyHoweverManyFrameworksTheyHave() {
    framework(ONE, "batch");
    framework(TWO, "batch");
    framework(THREE, "web");
    agents(12, cpusMem(4, 1024));

    List<Allocation> allocations = allocator.allocate(NOW);

    assertThat(allocations).filteredOn(a -> a.role().equals("web")).hasSize(6);
    assertThat(allocations).filteredOn(a -> a.framework().equals(ONE)).hasSize(3);
    assertThat(allocator.dominantShares()).containsEntry("web", 0.5).containsEntry("batch", 0.5);
  }

  @Test
  void theDominantResourceDecidesNotTheSum() {
    framework(ONE, "heavy");
    framework(TWO, "light");
    SortedMap<FrameworkId, Resources> inUse = new TreeMap<>();
    inUse.put(ONE, cpusMem(1, 900).allocatedTo("heavy"));
    inUse.put(TWO, cpusMem(4, 100).allocatedTo("light"));
    agent(1, cpusMem(10, 1000), inUse);

    assertThat(allocator.dominantShares()).containsEntry("heavy", 0.9).containsEntry("light", 0.4);
    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::framework)
        .isEqualTo(TWO);
  }

  @Test
  void declinedResourcesComeBackWhenTheFilterExpires() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024));
    Allocation offered = allocator.allocate(NOW).getFirst();

    decline(offered, NOW.plusSeconds(5));

    assertThat(allocator.nextDue()).contains(NOW.plusSeconds(5));
    assertThat(allocator.allocate(NOW.plusSeconds(4))).isEmpty();
    assertThat(whyNot(ONE, NOW.plusSeconds(4))).isInstanceOf(Explanation.FilteredUntil.class);
    assertThat(allocator.allocate(NOW.plusSeconds(5))).containsExactly(offered);
    assertThat(allocator.nextDue()).isEmpty();
  }

  @Test
  void declinedResourcesGoToTheOtherFrameworkAtOnce() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024));
    Allocation offered = allocator.allocate(NOW).getFirst();
    framework(TWO, "web");

    decline(offered, NOW.plusSeconds(5));

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::framework)
        .isEqualTo(TWO);
  }

  @Test
  void moreThanWasRefusedIsOfferedDespiteTheFilter() {
    framework(ONE, "web");
    SortedMap<FrameworkId, Resources> inUse = new TreeMap<>();
    inUse.put(ONE, cpusMem(1, 128).allocatedTo("web"));
    agent(1, cpusMem(4, 1024), inUse);
    decline(allocator.allocate(NOW).getFirst(), NOW.plusSeconds(60));
    assertThat(allocator.allocate(NOW)).isEmpty();

    allocator.recover(ONE, agent(1), cpusMem(1, 128).allocatedTo("web"), Optional.empty());

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::resources)
        .isEqualTo(cpusMem(4, 1024).allocatedTo("web"));
  }

  @Test
  void aFilterIsForOneRoleOnly() {
    framework(ONE, "batch", "web");
    agents(1, cpusMem(4, 1024));
    Allocation offered = allocator.allocate(NOW).getFirst();

    decline(offered, NOW.plusSeconds(60));

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::role)
        .isNotEqualTo(offered.role());
  }

  @Test
  void reviveClearsFilters() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024));
    decline(allocator.allocate(NOW).getFirst(), NOW.plusSeconds(60));

    allocator.revive(ONE, Collections.emptySortedSet());

    assertThat(allocator.allocate(NOW)).hasSize(1);
    assertThat(allocator.nextDue()).isEmpty();
  }

  @Test
  void suppressedRolesAreOfferedNothingUntilRevived() {
    framework(ONE, "batch", "web");
    agents(2, cpusMem(4, 1024));

    allocator.suppress(ONE, set("web"));
    assertThat(allocator.allocate(NOW)).extracting(Allocation::role).containsOnly("batch");

    agents(4, cpusMem(4, 1024));
    allocator.suppress(ONE, Collections.emptySortedSet());
    assertThat(allocator.allocate(NOW)).isEmpty();
    assertThat(whyNot(ONE, NOW)).isInstanceOf(Explanation.Suppressed.class);

    allocator.revive(ONE, set("web"));
    assertThat(allocator.allocate(NOW)).extracting(Allocation::role).containsOnly("web");
  }

  @Test
  void rolesThatLeaveSuppressionThroughAnUpdateLoseTheirFilters() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024));
    decline(allocator.allocate(NOW).getFirst(), NOW.plusSeconds(60));
    allocator.suppress(ONE, set("web"));

    allocator.updateFramework(ONE, FrameworkTerms.of(set("web")));

    assertThat(allocator.allocate(NOW)).hasSize(1);
  }

  @Test
  void tooLittleIsNotOffered() {
    framework(ONE, "web");
    agent(1, cpusMem(0.009, 31.9), new TreeMap<>());
    agent(2, cpusMem(0.01, 1), new TreeMap<>());
    agent(3, cpusMem(0, 32), new TreeMap<>());

    assertThat(allocator.allocate(NOW))
        .extracting(Allocation::agent)
        .containsExactlyInAnyOrder(agent(2), agent(3));
  }

  @Test
  void agentsWithGpusAreForGpuAwareFrameworksOnly() {
    framework(ONE, "web");
    Resources withGpus =
        cpusMem(4, 1024).plus(Resources.of(Resource.unreserved("gpus", Scalar.of(2))));
    agent(1, withGpus, new TreeMap<>());

    assertThat(allocator.allocate(NOW)).isEmpty();
    assertThat(whyNot(ONE, NOW)).isInstanceOf(Explanation.NoGpuCapability.class);

    allocator.addFramework(TWO, FrameworkTerms.of(set("ai"), FrameworkCapability.GPU_RESOURCES));
    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::framework)
        .isEqualTo(TWO);
  }

  @Test
  void agentsThatKnowNoSeveralRolesAreHiddenFromFrameworksThatDo() {
    allocator.addFramework(ONE, FrameworkTerms.of(set("web"), FrameworkCapability.MULTI_ROLE));
    allocator.addAgent(
        agent(1),
        new AgentTerms(
            "host1",
            cpusMem(4, 1024),
            List.of(),
            Optional.empty(),
            Set.of(AgentCapability.HIERARCHICAL_ROLE)),
        new TreeMap<>());

    assertThat(allocator.allocate(NOW)).isEmpty();
    assertThat(whyNot(ONE, NOW))
        .isInstanceOfSatisfying(
            Explanation.AgentLacksCapability.class,
            lacks -> assertThat(lacks.capability()).isEqualTo(AgentCapability.MULTI_ROLE));

    framework(TWO, "web/shop");
    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::framework)
        .isEqualTo(TWO);

    agent(2, cpusMem(4, 1024), new TreeMap<>());
    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::agent)
        .isEqualTo(agent(2));
  }

  @Test
  void agentsThatKnowNoHierarchyAreHiddenFromRolesBelowOthers() {
    framework(ONE, "web/shop");
    allocator.addAgent(
        agent(1),
        new AgentTerms(
            "host1",
            cpusMem(4, 1024),
            List.of(),
            Optional.empty(),
            Set.of(AgentCapability.MULTI_ROLE)),
        new TreeMap<>());

    assertThat(allocator.allocate(NOW)).isEmpty();

    allocator.addFramework(TWO, FrameworkTerms.of(set("web"), FrameworkCapability.MULTI_ROLE));
    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::framework)
        .isEqualTo(TWO);
  }

  @Test
  void reservedResourcesGoToTheirRoleAndTheRolesBelowIt() {
    framework(ONE, "other");
    framework(TWO, "team/web");
    Resource reserved =
        new Resource(
            "cpus",
            Scalar.of(2),
            List.of(new Resource.Reservation("team", false, Optional.empty())),
            Optional.empty(),
            false);
    agent(1, Resources.of(reserved), new TreeMap<>());

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::role)
        .isEqualTo("team/web");
  }

  @Test
  void inactiveFrameworksAndAgentsAreLeftOut() {
    framework(ONE, "web");
    agents(2, cpusMem(4, 1024));
    allocator.deactivateAgent(agent(1));
    allocator.deactivateFramework(ONE);
    assertThat(allocator.allocate(NOW)).isEmpty();

    allocator.activateFramework(ONE);
    assertThat(allocator.allocate(NOW)).extracting(Allocation::agent).containsExactly(agent(2));

    allocator.activateAgent(agent(1));
    assertThat(allocator.allocate(NOW)).extracting(Allocation::agent).containsExactly(agent(1));
  }

  @Test
  void deactivationClearsFilters() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024));
    decline(allocator.allocate(NOW).getFirst(), NOW.plusSeconds(60));

    allocator.deactivateFramework(ONE);
    allocator.activateFramework(ONE);

    assertThat(allocator.allocate(NOW)).hasSize(1);
  }

  @Test
  void anAgentThatIsOverdrawnOffersWhatItStillHas() {
    framework(ONE, "web");
    SortedMap<FrameworkId, Resources> inUse = new TreeMap<>();
    inUse.put(TWO, cpusMem(8, 256).allocatedTo("old"));
    agent(1, cpusMem(4, 1024), inUse);

    assertThat(allocator.allocate(NOW))
        .singleElement()
        .extracting(Allocation::resources)
        .isEqualTo(cpusMem(0, 768).allocatedTo("web"));
  }

  @Test
  void whatComesFromUnknownAgentsIsIgnoredAndTooMuchIsRefused() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024));
    Resources some = cpusMem(1, 1).allocatedTo("web");

    allocator.recover(ONE, agent(9), some, Optional.empty());

    assertThatThrownBy(() -> allocator.recover(ONE, agent(1), some, Optional.empty()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatARemovedFrameworkHeldCanStillComeBack() {
    framework(ONE, "web");
    agents(1, cpusMem(4, 1024).plus(ports(31000, 32000)));
    Allocation offered = allocator.allocate(NOW).getFirst();

    allocator.removeFramework(ONE);
    allocator.recover(ONE, agent(1), offered.resources(), Optional.of(NOW.plusSeconds(60)));

    assertThat(allocator.nextDue()).isEmpty();
    framework(TWO, "web");
    assertThat(allocator.allocate(NOW)).hasSize(1);
  }

  private void framework(FrameworkId id, String... roles) {
    allocator.addFramework(id, FrameworkTerms.of(set(roles)));
  }

  private void agents(int count, Resources total) {
    for (int i = 1; i <= count; i++) {
      agent(i, total, new TreeMap<>());
    }
  }

  private void agent(int number, Resources total, SortedMap<FrameworkId, Resources> inUse) {
    allocator.addAgent(agent(number), AgentTerms.of("host" + number, total), inUse);
  }

  /** About agent 1 and the first of the framework's roles. */
  private Explanation whyNot(FrameworkId framework, Instant now) {
    return allocator.explain(framework, Optional.empty(), Optional.of(agent(1)), now).getFirst();
  }

  private void decline(Allocation offered, Instant until) {
    allocator.recover(
        offered.framework(), offered.agent(), offered.resources(), Optional.of(until));
  }

  static AgentId agent(int number) {
    return new AgentId("S" + number);
  }

  static SortedSet<String> set(String... names) {
    return new TreeSet<>(List.of(names));
  }

  static Resources cpusMem(double cpus, double mem) {
    return Resources.of(
        Resource.unreserved("cpus", Scalar.of(cpus)), Resource.unreserved("mem", Scalar.of(mem)));
  }

  static Resources ports(long begin, long end) {
    return Resources.of(Resource.unreserved("ports", Ranges.of(begin, end)));
  }
}

package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.agent;
import static io.mesocosm.allocator.AllocatorTest.cpusMem;
import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who comes first (contracts/mesos-allocation.md §4). */
class FairnessTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final Resources TASK = cpusMem(1, 128);

  @Test
  void siblingsCompeteAmongThemselvesOnly() {
    HierarchicalAllocator allocator =
        new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));
    framework(allocator, "F1", "a");
    framework(allocator, "F2", "a/x");
    framework(allocator, "F3", "a/y");
    framework(allocator, "F4", "b");
    agents(allocator, 60);

    SortedMap<String, Long> got = countByRole(allocator.allocate(NOW));

    assertThat(got)
        .containsEntry("a", 10L)
        .containsEntry("a/x", 10L)
        .containsEntry("a/y", 10L)
        .containsEntry("b", 30L);
    assertThat(allocator.dominantShares()).containsEntry("a", 0.5).containsEntry("a/x", 10 / 60.0);
  }

  @Test
  void alwaysHungryFrameworksTakeTurnsWhenTheyDeclineEverything() {
    HierarchicalAllocator allocator =
        new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      framework(allocator, "F" + i, "role");
    }
    agents(allocator, 1);

    for (int i = 0; i < 12; i++) {
      Allocation offer = allocator.allocate(NOW).getFirst();
      turns.add(offer.framework().toString());
      allocator.recover(offer.framework(), offer.agent(), offer.resources(), Optional.empty());
    }

    assertThat(turns.subList(0, 4)).containsExactly("F0", "F1", "F2", "F3");
    assertThat(turns.subList(8, 12)).containsExactly("F0", "F1", "F2", "F3");
  }

  @Test
  void excludedResourcesDoNotCount() {
    HierarchicalAllocator allocator =
        new HierarchicalAllocator(
            new AllocatorConfig(
                SorterKind.DRF,
                SorterKind.DRF,
                set("gpus"),
                MinAllocatable.parse("cpus:0.01"),
                false,
                Optional.empty()),
            new Random(1));
    framework(allocator, "F1", "ai");
    SortedMap<FrameworkId, Resources> inUse = new TreeMap<>();
    Resources gpus = Resources.of(Resource.unreserved("gpus", Scalar.of(4)));
    inUse.put(new FrameworkId("F1"), gpus.allocatedTo("ai"));

    allocator.addAgent(agent(1), AgentTerms.of("host", gpus.plus(TASK)), inUse);

    assertThat(allocator.dominantShares()).containsEntry("ai", 0.0);
  }

  @Test
  void theRandomSorterDrawsByWeight() {
    HierarchicalAllocator allocator =
        new HierarchicalAllocator(
            new AllocatorConfig(
                SorterKind.RANDOM,
                SorterKind.RANDOM,
                new TreeSet<>(),
                MinAllocatable.NONE,
                true,
                Optional.empty()),
            new Random(7));
    allocator.setWeight("heavy", 3);
    framework(allocator, "F1", "heavy");
    framework(allocator, "F2", "light");
    agents(allocator, 4000);

    SortedMap<String, Long> got = countByRole(allocator.allocate(NOW));

    assertThat((double) got.getOrDefault("heavy", 0L)).isCloseTo(3000, within(150.0));
  }

  @Test
  void aReservationCountsForItsHolderButNotBefore() {
    HierarchicalAllocator allocator =
        new HierarchicalAllocator(AllocatorConfig.USUAL, new Random(1));
    framework(allocator, "F1", "a");
    Resources reserved =
        TASK.map(entry -> entry.reserved(new Resource.Reservation("a", false, Optional.empty())));
    allocator.addAgent(agent(1), AgentTerms.of("host", reserved), new TreeMap<>());
    assertThat(allocator.dominantShares()).containsEntry("a", 0.0);

    allocator.allocate(NOW);

    assertThat(allocator.dominantShares()).containsEntry("a", 1.0);
  }

  private static SortedMap<String, Long> countByRole(List<Allocation> allocations) {
    SortedMap<String, Long> counts = new TreeMap<>();
    allocations.forEach(each -> counts.merge(each.role(), 1L, Long::sum));
    return counts;
  }

  private static void framework(HierarchicalAllocator allocator, String id, String role) {
    allocator.addFramework(new FrameworkId(id), FrameworkTerms.of(set(role)));
  }

  private static void agents(HierarchicalAllocator allocator, int count) {
    for (int i = 1; i <= count; i++) {
      allocator.addAgent(agent(i), AgentTerms.of("host" + i, TASK), new TreeMap<>());
    }
  }
}

package io.mesocosm.allocator;

import static io.mesocosm.allocator.AllocatorTest.agent;
import static io.mesocosm.allocator.AllocatorTest.cpusMem;
import static io.mesocosm.allocator.AllocatorTest.ports;
import static io.mesocosm.allocator.AllocatorTest.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls in random order: nothing is ever handed out twice, and nothing gets lost. */
class ConservationTest {
  private static final Resources TOTAL = cpusMem(8, 4096).plus(ports(31000, 31099));
  private static final int FRAMEWORKS = 5;
  private static final int AGENTS = 6;

  private final List<Allocation> outstanding = new ArrayList<>();
  private final SortedMap<AgentId, Boolean> known = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 42, 4711})
  void allocatedAndFreeAreAlwaysTheTotal(long seed) {
    Random random = new Random(seed);
    HierarchicalAllocator allocator = new HierarchicalAllocator(new Random(seed));
    Instant now = Instant.EPOCH;
    for (int i = 0; i < FRAMEWORKS; i++) {
      allocator.addFramework(framework(i), set("r" + i % 2, "r" + i % 3), set(), false);
    }
    for (int step = 0; step < 3_000; step++) {
      now = now.plusMillis(random.nextInt(500));
      oneStep(random, allocator, now);
      assertNothingIsAllocatedTwice("seed " + seed + ", step " + step);
    }
    returnEverything(allocator);
    FrameworkId last = new FrameworkId("last");
    for (int i = 0; i < FRAMEWORKS; i++) {
      allocator.removeFramework(framework(i));
    }
    known.keySet().forEach(allocator::activateAgent);
    allocator.addFramework(last, set("last"), set(), false);

    List<Allocation> all = allocator.allocate(now);

    assertThat(all).hasSize(known.size());
    assertThat(all)
        .allSatisfy(allocation ->
            assertThat(allocation.resources().unallocated()).as("seed " + seed).isEqualTo(TOTAL));
    assertThat(allocator.dominantShares()).containsOnlyKeys("last");
  }

  private void oneStep(Random random, HierarchicalAllocator allocator, Instant now) {
    AgentId agent = agent(random.nextInt(AGENTS));
    FrameworkId framework = framework(random.nextInt(FRAMEWORKS));
    switch (random.nextInt(12)) {
      case 0 -> {
        if (known.putIfAbsent(agent, true) == null) {
          allocator.addAgent(agent, TOTAL, new TreeMap<>());
        }
      }
      case 1 -> {
        if (random.nextInt(10) == 0 && known.remove(agent) != null) {
          allocator.removeAgent(agent);
          outstanding.removeIf(allocation -> allocation.agent().equals(agent));
        }
      }
      case 2 -> allocator.suppress(framework, Collections.emptySortedSet());
      case 3 -> allocator.revive(framework, Collections.emptySortedSet());
      case 4 -> allocator.deactivateFramework(framework);
      case 5 -> allocator.activateFramework(framework);
      case 6 -> allocator.deactivateAgent(agent);
      case 7 -> allocator.activateAgent(agent);
      case 8, 9 -> returnPart(random, allocator, now);
      default -> outstanding.addAll(allocator.allocate(now));
    }
  }

  /** Brings back all of an allocation, or the cpu of it and later the rest. */
  private void returnPart(Random random, HierarchicalAllocator allocator, Instant now) {
    if (outstanding.isEmpty()) {
      return;
    }
    Allocation held = outstanding.remove(random.nextInt(outstanding.size()));
    Resources part =
        random.nextBoolean()
            ? held.resources()
            : held.resources().filter(resource -> resource.name().equals("cpus"));
    Optional<Instant> until =
        random.nextBoolean() ? Optional.of(now.plusMillis(random.nextInt(2000))) : Optional.empty();
    allocator.recover(held.framework(), held.agent(), part, until);
    Resources rest = held.resources().minus(part);
    if (!rest.isEmpty()) {
      outstanding.add(new Allocation(held.framework(), held.role(), held.agent(), rest));
    }
  }

  private void returnEverything(HierarchicalAllocator allocator) {
    for (Allocation held : outstanding) {
      allocator.recover(held.framework(), held.agent(), held.resources(), Optional.empty());
    }
  }

  private void assertNothingIsAllocatedTwice(String when) {
    SortedMap<AgentId, Resources> held = new TreeMap<>();
    SortedMap<AgentId, Long> portsHeld = new TreeMap<>();
    for (Allocation allocation : outstanding) {
      Resources resources = allocation.resources().unallocated();
      held.merge(allocation.agent(), resources, Resources::plus);
      portsHeld.merge(allocation.agent(), resources.ranges("ports").size(), Long::sum);
    }
    held.forEach((agent, resources) -> {
      assertThat(TOTAL.contains(resources)).as(when + ", " + agent).isTrue();
      // Ranges are a union: a port that was given twice shows only in the count.
      assertThat(portsHeld.get(agent)).isEqualTo(resources.ranges("ports").size());
    });
  }

  private static FrameworkId framework(int number) {
    return new FrameworkId("F" + number);
  }
}

package io.mesocosm.simulation.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
  private final List<String> heard = new ArrayList<>();

  private SimulatedDisk<String> disk(Simulation simulation) {
    return new SimulatedDisk<>(new Host(simulation, "host"));
  }

  private void append(SimulatedDisk<String> disk, long number, String name) {
    SortedMap<String, Optional<String>> changes =
        new TreeMap<>(Map.of(name, Optional.of("value " + number)));
    disk.append(
        number,
        changes,
        new SimulatedDisk.Writer() {
          @Override
          public void flushed(long last) {
            heard.add("flushed " + last);
          }

          @Override
          public void failed() {
            heard.add("failed");
          }
        });
  }

  @Test
  void whatWaitsIsFlushedTogether() {
    Simulation simulation = new Simulation(1, false);
    SimulatedDisk<String> disk = disk(simulation);
    append(disk, 1, "a");
    append(disk, 2, "b");
    append(disk, 3, "c");
    simulation.run(Duration.ofSeconds(1));
    assertThat(heard).containsExactly("flushed 1", "flushed 3");
    assertThat(disk.records()).containsOnlyKeys("a", "b", "c");
  }

  @Test
  void aCrashKeepsWhatWasFlushedAndABeginningOfTheRest() {
    Set<Set<String>> kept = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      Simulation simulation = new Simulation(seed, false);
      SimulatedDisk<String> disk = disk(simulation);
      append(disk, 1, "a");
      simulation.run(Duration.ofSeconds(1));
      append(disk, 2, "b");
      append(disk, 3, "c");
      disk.crash();
      simulation.run(Duration.ofSeconds(1));
      kept.add(disk.records().keySet());
    }
    assertThat(kept)
        .containsExactlyInAnyOrder(Set.of("a"), Set.of("a", "b"), Set.of("a", "b", "c"));
    assertThat(heard).containsOnly("flushed 1");
  }

  @Test
  void aFullDiskTakesNothing() {
    Simulation simulation = new Simulation(1, false);
    SimulatedDisk<String> disk = disk(simulation);
    disk.fill(true);
    append(disk, 1, "a");
    simulation.run(Duration.ofSeconds(1));
    assertThat(heard).containsExactly("failed");
    assertThat(disk.records()).isEmpty();
  }
}

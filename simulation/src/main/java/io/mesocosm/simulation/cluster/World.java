package io.mesocosm.simulation.cluster;

import io.mesocosm.simulation.invariant.Invariants;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.SimulatedZooKeeper;
import io.mesocosm.simulation.world.Simulation;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What every host of the cluster stands on.
 *
 * @param invariants see all that happens
 * @param planted the mistake to make in this run, if any
 */
record World(
    Simulation simulation,
    Network network,
    SimulatedZooKeeper zooKeeper,
    Invariants invariants,
    Optional<PlantedBug> planted) {

  boolean has(PlantedBug bug) {
    return planted.isPresent() && planted.get() == bug;
  }

  /** Whether a leader looks at its own lease before it acts, as it should. */
  boolean looksAtLeases() {
    return !has(PlantedBug.SESSION_LOSS_IGNORED) && !has(PlantedBug.STALE_LEADER_WRITES);
  }

  void note(Supplier<String> line) {
    simulation.note(line);
  }
}

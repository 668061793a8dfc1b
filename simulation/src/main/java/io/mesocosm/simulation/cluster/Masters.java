package io.mesocosm.simulation.cluster;

import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.SimulatedElection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All masters, and how others find the one that leads. */
final class Masters {
  private final SimulatedElection<RegistryRecord> election;
  private final List<MasterHost> all = new ArrayList<>();

  Masters(World world, int count) {
    election =
        new SimulatedElection<>(
            world.zooKeeper(),
            "masters",
            (path, epoch, newest) -> world.invariants().written("masters", path, epoch, newest));
    if (world.has(PlantedBug.STALE_LEADER_WRITES)) {
      election.dropFences();
    }
    for (int i = 0; i < count; i++) {
      all.add(new MasterHost(world, new Host(world.simulation(), "master-" + i), election));
    }
  }

  List<MasterHost> all() {
    return List.copyOf(all);
  }

  SimulatedElection<RegistryRecord> election() {
    return election;
  }

  Optional<MasterHost> named(String name) {
    return all.stream().filter(master -> master.host().name().equals(name)).findFirst();
  }

  /** The one that leads and moves; the newest if others have not noticed yet. */
  Optional<SimulatedMaster> leader() {
    return leaderHost().flatMap(MasterHost::leading);
  }

  Optional<MasterHost> leaderHost() {
    Stream<MasterHost> first = election.leader().flatMap(this::named).stream();
    return first.filter(master -> master.leading().isPresent()).findFirst();
  }
}

package io.mesocosm.simulation.cluster;

import io.mesocosm.agent.StoredState;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.SimulatedDisk;
import io.mesocosm.simulation.world.SimulatedElection;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.AgentInfo;

/** The machine of one agent: its disk and containers, which outlive the agent's process. */
final class AgentHost {
  private static final Duration RESTART_MIN = Duration.ofSeconds(1);
  private static final Duration RESTART_MAX = Duration.ofSeconds(10);

  private final World world;
  private final Host host;
  private final Masters masters;
  private final SimulatedContainers containers;
  private final SimulatedDisk<CheckpointRecord> disk;
  private final RandomGenerator random;
  private StoredState stored = StoredState.NONE;
  private Optional<SimulatedAgent> process = Optional.empty();
  private boolean keptDown;
  private int boots = 1;

  AgentHost(World world, String name, Masters masters, TaskLives lives) {
    this.world = world;
    this.host = new Host(world.simulation(), name);
    this.masters = masters;
    this.containers = new SimulatedContainers(world, host, lives);
    this.disk = new SimulatedDisk<>(host);
    this.random = world.simulation().newRandom();
    if (world.has(PlantedBug.FLUSH_SKIPPED)) {
      disk.lie();
    }
  }

  Host host() {
    return host;
  }

  World world() {
    return world;
  }

  Masters masters() {
    return masters;
  }

  SimulatedContainers containers() {
    return containers;
  }

  SimulatedDisk<CheckpointRecord> disk() {
    return disk;
  }

  Optional<SimulatedAgent> process() {
    return process;
  }

  StoredState stored() {
    return stored;
  }

  /** What operations have made of the resources is safe. */
  void store(StoredState state) {
    stored = state;
  }

  /** Names this run of the machine. */
  String bootId() {
    return host.name() + "-boot-" + boots;
  }

  AgentInfo info() {
    return AgentInfo.newBuilder()
        .setHostname(host.name())
        .setPort(5051)
        .addAllResources(
            ResourceMapping.toProto(
                ResourceText.parse("cpus:4;mem:4096;disk:10000;ports:[31000-31099]", "*")))
        .build();
  }

  /** Starts the process, if it does not run. */
  void start() {
    keptDown = false;
    if (process.isEmpty()) {
      world.note(() -> host.name() + ": the agent's process starts");
      world.network().up(host.name());
      SimulatedAgent begun = new SimulatedAgent(this);
      process = Optional.of(begun);
      begun.begin();
    }
  }

  /** The process dies as by SIGKILL; its containers live on. */
  void kill() {
    keptDown = true;
    end("the agent's process dies", false);
  }

  /** The machine loses power. */
  void powerOff() {
    keptDown = true;
    boots++;
    end("the machine loses power", true);
    containers.wipe();
  }

  /** The process ends by itself and is started again by its supervisor. */
  void crashed(SimulatedAgent which, String why) {
    if (process.filter(now -> now == which).isPresent()) {
      end(why, false);
      world
          .simulation()
          .after(
              Simulation.between(random, RESTART_MIN, RESTART_MAX),
              () -> {
                if (!keptDown) {
                  start();
                }
              });
    }
  }

  private void end(String why, boolean silently) {
    process.ifPresent(running -> {
      world.note(() -> host.name() + ": " + why);
      process = Optional.empty();
      running.die();
      containers.orphan();
      disk.crash();
      if (silently) {
        world.network().powerless(host.name());
      } else {
        world.network().down(host.name());
      }
    });
  }

  SimulatedElection<RegistryRecord> election() {
    return masters.election();
  }
}

package io.mesocosm.simulation.nemesis;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network.Cut;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.List;

/** Carries a plan of faults out on a cluster. */
public final class Nemesis {
  private static final int FLAPS_MAX = 10;

  /** About how long it takes until the end of a task is acknowledged; less than any fault lasts. */
  private static final int CRASH_DELAY_MAX_MILLIS = 100;

  /** What a jump of the clock is counted in: some are of seconds, some of hours. */
  private static final Duration SMALL_JUMP = Duration.ofMillis(1);

  private static final Duration LARGE_JUMP = Duration.ofMillis(200);

  private final SimulatedCluster cluster;
  private final Simulation simulation;
  private boolean over;

  public Nemesis(SimulatedCluster cluster) {
    this.cluster = cluster;
    this.simulation = cluster.simulation();
  }

  /** Has all of it happen in its time. */
  public void carryOut(List<Fault> plan) {
    Duration now = simulation.elapsed();
    for (Fault fault : plan) {
      simulation.after(
          fault.at().minus(now),
          () -> {
            if (!over) {
              simulation.note(() -> "fault: " + fault);
              strike(fault);
            }
          });
    }
  }

  /** Nothing happens any more, and what has happened is healed. */
  public void end() {
    over = true;
    cluster.heal();
  }

  private void strike(Fault fault) {
    switch (fault.kind()) {
      case MASTER_CRASH -> {
        int master = mostlyLeader(fault, cluster.leadingMaster(), cluster.size().masters());
        cluster.killMaster(master);
        undo(fault, () -> cluster.startMaster(master));
      }
      case SERVICES_CRASH -> {
        int one = mostlyLeader(fault, cluster.leadingServicesIndex(), cluster.size().services());
        cluster.killServices(one);
        undo(fault, () -> cluster.startServices(one));
      }
      case ONE_OFF_CRASH -> {
        cluster.killOneOffScheduler();
        undo(fault, cluster::startOneOffScheduler);
      }
      case AGENT_CRASH -> {
        cluster.killAgent(agent(fault));
        undo(fault, () -> cluster.startAgent(agent(fault)));
      }
      case MACHINE_CRASH -> {
        cluster.powerOff(agent(fault));
        undo(fault, () -> cluster.startAgent(agent(fault)));
      }
      case FULL_DISK -> {
        cluster.fillDisk(agent(fault), true);
        undo(fault, () -> cluster.fillDisk(agent(fault), false));
      }
      case SLOW_DISK -> {
        cluster.slowDisk(agent(fault), Duration.ofMillis(fault.other() % 5000));
        undo(fault, () -> cluster.slowDisk(agent(fault), Duration.ZERO));
      }
      case CONTAINER_DEATH ->
          cluster.endContainer(agent(fault), fault.other() >> 1, fault.other() & 1);
      case CRASH_AFTER_END -> {
        cluster.endContainer(agent(fault), fault.other() >> 1, fault.other() & 1);
        simulation.after(
            Duration.ofMillis(fault.other() % CRASH_DELAY_MAX_MILLIS),
            () -> {
              if (!over) {
                cluster.killAgent(agent(fault));
              }
            });
        undo(fault, () -> cluster.startAgent(agent(fault)));
      }
      case LAUNCH_FAILURES -> {
        cluster.failLaunches(agent(fault), fault.other() % 100);
        undo(fault, () -> cluster.failLaunches(agent(fault), 0));
      }
      case PARTITION, SILENT_PARTITION, ONE_WAY_PARTITION, FLAPPING, DELAY, DUPLICATION ->
          strikeNetwork(fault);
      case CLOCK_JUMP, PAUSE, ZOOKEEPER_CUT, ZOOKEEPER_OUTAGE, STORE_FAILURES -> strikeWorld(fault);
    }
  }

  private void strikeNetwork(Fault fault) {
    Host one = other(fault);
    int masters = cluster.size().masters();
    Host master = cluster.hosts().get(mostlyLeader(fault, cluster.leadingMaster(), masters));
    switch (fault.kind()) {
      case PARTITION -> cut(fault, one, master, Cut.RESET);
      case SILENT_PARTITION -> cut(fault, one, master, Cut.SILENT);
      case ONE_WAY_PARTITION -> {
        if (fault.other() % 2 == 0) {
          cut(fault, one, master, Cut.ONE_WAY);
        } else {
          cut(fault, master, one, Cut.ONE_WAY);
        }
      }
      case FLAPPING -> flap(fault, one, master);
      case DELAY -> {
        cluster.network().slow(one.name(), Duration.ofMillis(fault.other() % 3000));
        undo(fault, () -> cluster.network().slow(one.name(), Duration.ZERO));
      }
      case DUPLICATION -> {
        cluster.network().duplicate(one.name(), true);
        undo(fault, () -> cluster.network().duplicate(one.name(), false));
      }
      case MASTER_CRASH,
          AGENT_CRASH,
          MACHINE_CRASH,
          SERVICES_CRASH,
          ONE_OFF_CRASH,
          CLOCK_JUMP,
          FULL_DISK,
          SLOW_DISK,
          CONTAINER_DEATH,
          CRASH_AFTER_END,
          LAUNCH_FAILURES,
          PAUSE,
          ZOOKEEPER_CUT,
          ZOOKEEPER_OUTAGE,
          STORE_FAILURES ->
          throw new IllegalStateException(fault.kind() + " is not of the network");
    }
  }

  private void cut(Fault fault, Host one, Host other, Cut how) {
    cluster.network().cut(one.name(), other.name(), how);
    undo(fault, () -> cluster.network().heal(one.name(), other.name(), how));
  }

  private void flap(Fault fault, Host one, Host other) {
    int flaps = 2 + fault.other() % FLAPS_MAX;
    Cut how = fault.other() % 3 == 0 ? Cut.SILENT : Cut.RESET;
    Duration half = fault.lasts().dividedBy(2L * flaps);
    for (int i = 0; i < flaps; i++) {
      simulation.after(
          half.multipliedBy(2L * i),
          () -> {
            if (!over) {
              cluster.network().cut(one.name(), other.name(), how);
              simulation.after(
                  half,
                  () -> {
                    if (!over) {
                      cluster.network().heal(one.name(), other.name(), how);
                    }
                  });
            }
          });
    }
  }

  private void strikeWorld(Fault fault) {
    Host any = cluster.hosts().get(fault.target() % cluster.hosts().size());
    switch (fault.kind()) {
      case CLOCK_JUMP -> {
        boolean small = fault.target() / cluster.hosts().size() % 2 == 0;
        Duration jump = (small ? SMALL_JUMP : LARGE_JUMP).multipliedBy(fault.other());
        any.step(fault.other() % 2 == 0 ? jump.negated() : jump);
        undo(fault, any::correctClock);
      }
      case PAUSE -> cluster.pause(pausable(fault), fault.lasts());
      case ZOOKEEPER_CUT -> {
        Host cut = pausable(fault);
        cluster.zooKeeper().cut(cut);
        undo(fault, () -> cluster.zooKeeper().heal(cut));
      }
      case ZOOKEEPER_OUTAGE -> {
        cluster.zooKeeper().lose();
        undo(fault, () -> cluster.zooKeeper().recover());
      }
      case STORE_FAILURES -> {
        cluster.zooKeeper().failWrites(fault.other() % 40);
        undo(fault, () -> cluster.zooKeeper().failWrites(0));
      }
      case MASTER_CRASH,
          AGENT_CRASH,
          MACHINE_CRASH,
          SERVICES_CRASH,
          ONE_OFF_CRASH,
          PARTITION,
          SILENT_PARTITION,
          ONE_WAY_PARTITION,
          FLAPPING,
          DELAY,
          DUPLICATION,
          FULL_DISK,
          SLOW_DISK,
          CONTAINER_DEATH,
          CRASH_AFTER_END,
          LAUNCH_FAILURES ->
          throw new IllegalStateException(fault.kind() + " is not of the world");
    }
  }

  /** Unless everything has been healed before. */
  private void undo(Fault fault, Runnable healing) {
    simulation.after(
        fault.lasts(),
        () -> {
          if (!over) {
            simulation.note(() -> "healed: " + fault);
            healing.run();
          }
        });
  }

  private int agent(Fault fault) {
    return fault.target() % cluster.size().agents();
  }

  private static int mostlyLeader(Fault fault, int leader, int count) {
    return fault.target() % 4 == 0 ? (fault.target() >> 2) % count : leader;
  }

  /** Every host but the masters. */
  private Host other(Fault fault) {
    List<Host> hosts = cluster.hosts();
    int masters = cluster.size().masters();
    return hosts.get(masters + fault.other() % (hosts.size() - masters));
  }

  /** Half of the time a leader, as it is leaders whom it hurts. */
  private Host pausable(Fault fault) {
    List<Host> hosts = cluster.hosts();
    return switch (fault.other() % 4) {
      case 0 -> hosts.get(cluster.leadingMaster());
      case 1 -> hosts.get(cluster.size().masters() + cluster.leadingServicesIndex());
      default -> hosts.get(fault.target() % hosts.size());
    };
  }
}

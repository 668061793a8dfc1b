package io.mesocosm.simulation.cluster;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.SimulatedElection;
import io.mesocosm.simulation.world.SimulatedElection.Leadership;
import io.mesocosm.simulation.world.SimulatedZooKeeper;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/**
 * The machine of one services scheduler and its process: a standby, and once elected the leader.
 */
final class ServicesHost {
  private static final Duration RESTART_MIN = Duration.ofSeconds(1);
  private static final Duration RESTART_MAX = Duration.ofSeconds(5);

  private final World world;
  private final Host host;
  private final Masters masters;
  private final SimulatedElection<StoredRecord> election;
  private final RandomGenerator random;
  private Optional<Life> life = Optional.empty();

  ServicesHost(
      World world, String name, Masters masters, SimulatedElection<StoredRecord> election) {
    this.world = world;
    this.host = new Host(world.simulation(), name);
    this.masters = masters;
    this.election = election;
    this.random = world.simulation().newRandom();
  }

  Host host() {
    return host;
  }

  /** The core, if it leads. */
  Optional<SimulatedServices> leading() {
    return life.flatMap(now -> now.services);
  }

  void start() {
    if (life.isEmpty()) {
      world.note(() -> host.name() + ": the services scheduler's process starts");
      Life begun = new Life();
      life = Optional.of(begun);
      world.network().up(host.name());
      begun.standBy();
    }
  }

  void kill() {
    life.ifPresent(now -> {
      world.note(() -> host.name() + ": the services scheduler's process dies");
      life = Optional.empty();
      now.end();
      world.network().down(host.name());
    });
  }

  private void stepDown(Life which, String why) {
    if (life.filter(now -> now == which).isPresent()) {
      world.note(() -> host.name() + ": steps down: " + why);
      kill();
      world.simulation().after(Simulation.between(random, RESTART_MIN, RESTART_MAX), this::start);
    }
  }

  /** A user's request has arrived. */
  void ask(Network.End end, LongFunction<ServicesCommand> command, Consumer<ApiAnswer> reply) {
    leading()
        .ifPresentOrElse(
            services -> services.ask(end, command, reply),
            () -> end.send(() -> reply.accept(new ApiAnswer.NotReady())));
  }

  private final class Life implements SimulatedZooKeeper.SessionListener {
    private Optional<SimulatedZooKeeper.Session> session = Optional.empty();
    private Optional<SimulatedServices> services = Optional.empty();
    private boolean elected;
    private boolean ended;

    void standBy() {
      SimulatedZooKeeper.Session opened = world.zooKeeper().open(host, this);
      session = Optional.of(opened);
      election.enter(opened, host.name(), this::elected);
    }

    private void elected(Leadership<StoredRecord> leadership) {
      if (ended) {
        return;
      }
      elected = true;
      leadership.read(records -> {
        if (!ended) {
          SimulatedServices leader =
              new SimulatedServices(world, host, masters, leadership, why -> stepDown(this, why));
          services = Optional.of(leader);
          leader.begin(records);
        }
      });
    }

    @Override
    public void disconnected() {
      if (elected) {
        stepDown(this, "ZooKeeper has not been heard for two thirds of the session time-out");
      }
    }

    @Override
    public void expired() {
      if (ended) {
        return;
      }
      if (elected) {
        stepDown(this, "the session has expired");
      } else {
        standBy();
      }
    }

    void end() {
      ended = true;
      session.ifPresent(SimulatedZooKeeper.Session::abandon);
      services.ifPresent(SimulatedServices::die);
    }
  }
}

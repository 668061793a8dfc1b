package io.mesocosm.simulation.cluster;

import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.SimulatedElection;
import io.mesocosm.simulation.world.SimulatedElection.Leadership;
import io.mesocosm.simulation.world.SimulatedZooKeeper;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The machine of one master, and its process: a standby until it is elected, then the leader, until
 * it cannot know that it leads; then it ends, and is started again as a standby.
 */
final class MasterHost {
  private static final Duration RESTART_MIN = Duration.ofSeconds(1);
  private static final Duration RESTART_MAX = Duration.ofSeconds(5);

  private final World world;
  private final Host host;
  private final SimulatedElection<RegistryRecord> election;
  private final RandomGenerator random;
  private Optional<Life> life = Optional.empty();
  private int lives;

  MasterHost(World world, Host host, SimulatedElection<RegistryRecord> election) {
    this.world = world;
    this.host = host;
    this.election = election;
    this.random = world.simulation().newRandom();
  }

  Host host() {
    return host;
  }

  /** The core, if it leads. */
  Optional<SimulatedMaster> leading() {
    return life.flatMap(now -> now.master);
  }

  /** Starts the process, if it does not run. */
  void start() {
    if (life.isEmpty()) {
      world.note(() -> host.name() + ": the master's process starts");
      Life begun = new Life(++lives);
      life = Optional.of(begun);
      world.network().up(host.name());
      begun.standBy();
    }
  }

  /** As by SIGKILL; nobody starts it again. */
  void kill() {
    life.ifPresent(now -> {
      world.note(() -> host.name() + ": the master's process dies");
      life = Optional.empty();
      now.end();
      world.network().down(host.name());
    });
  }

  /** Ends and is started again by its supervisor. */
  private void stepDown(Life which, String why) {
    if (life.filter(now -> now == which).isPresent()) {
      world.note(() -> host.name() + ": steps down: " + why);
      kill();
      world.simulation().after(Simulation.between(random, RESTART_MIN, RESTART_MAX), this::start);
    }
  }

  private final class Life implements SimulatedZooKeeper.SessionListener {
    private final int number;
    private Optional<SimulatedZooKeeper.Session> session = Optional.empty();
    private Optional<SimulatedMaster> master = Optional.empty();
    private boolean elected;
    private boolean ended;

    Life(int number) {
      this.number = number;
    }

    void standBy() {
      SimulatedZooKeeper.Session opened = world.zooKeeper().open(host, this);
      session = Optional.of(opened);
      election.enter(opened, host.name(), this::elected);
    }

    private void elected(Leadership<RegistryRecord> leadership) {
      if (ended) {
        return;
      }
      elected = true;
      leadership.read(records -> lead(leadership, records));
    }

    private void lead(
        Leadership<RegistryRecord> leadership, SortedMap<String, RegistryRecord> records) {
      if (ended) {
        return;
      }
      SimulatedMaster leader =
          new SimulatedMaster(
              world, host, host.name() + "-" + number, leadership, why -> stepDown(this, why));
      master = Optional.of(leader);
      world.invariants().masterLeads(host.name(), leadership.epoch());
      leader.begin(records);
    }

    @Override
    public void disconnected() {
      if (elected && !world.has(PlantedBug.SESSION_LOSS_IGNORED)) {
        stepDown(this, "ZooKeeper has not been heard for two thirds of the session time-out");
      }
    }

    @Override
    public void expired() {
      if (ended) {
        return;
      }
      if (!elected) {
        standBy();
      } else if (!world.has(PlantedBug.SESSION_LOSS_IGNORED)) {
        stepDown(this, "the session has expired");
      }
    }

    void end() {
      ended = true;
      session.ifPresent(SimulatedZooKeeper.Session::abandon);
      master.ifPresent(leader -> {
        leader.die();
        world.invariants().masterCeased(host.name());
      });
    }
  }

  void subscribeScheduler(Network.End end, Call call, Subscriber<Event> subscriber) {
    leading()
        .ifPresentOrElse(
            master -> master.subscribeScheduler(end, call, subscriber),
            () -> end.send(() -> subscriber.refused("503 " + host.name() + " does not lead")));
  }

  void subscribeAgent(Network.End end, LinkCall call, Subscriber<LinkEvent> subscriber) {
    leading()
        .ifPresentOrElse(
            master -> master.subscribeAgent(end, call, subscriber),
            () -> end.send(() -> subscriber.refused("503 " + host.name() + " does not lead")));
  }

  void callByScheduler(Network.End end, StreamId stream, Call call, Consumer<CallAnswer> reply) {
    leading()
        .ifPresentOrElse(
            master -> master.callByScheduler(end, stream, call, reply), () -> refuse(end, reply));
  }

  void callByAgent(Network.End end, StreamId stream, LinkCall call, Consumer<CallAnswer> reply) {
    leading()
        .ifPresentOrElse(
            master -> master.callByAgent(end, stream, call, reply), () -> refuse(end, reply));
  }

  void callByOperator(
      Network.End end, org.apache.mesos.v1.master.Protos.Call call, Consumer<CallAnswer> reply) {
    leading()
        .ifPresentOrElse(
            master -> master.callByOperator(end, call, reply), () -> refuse(end, reply));
  }

  private void refuse(Network.End end, Consumer<CallAnswer> reply) {
    end.send(() -> reply.accept(new CallAnswer.Refused(503, host.name() + " does not lead")));
  }
}

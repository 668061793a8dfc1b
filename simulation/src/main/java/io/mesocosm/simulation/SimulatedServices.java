package io.mesocosm.simulation;

import io.mesocosm.master.StreamId;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.Services;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesTimer;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** One life of the services scheduler: the real core, with a store that outlives it. */
final class SimulatedServices {
  static final String HOST = "services";
  private static final Duration RETRY_MAX = Duration.ofSeconds(2);

  private final Simulation simulation;
  private final Network network;
  private final Supplier<SimulatedMaster> master;
  private final Map<String, StoredRecord> store;
  private final RandomGenerator random;
  private final Services core;
  private final SimulatedTimers<ServicesTimer> timers;
  private Optional<Network.Connection> connection = Optional.empty();
  private Optional<StreamId> stream = Optional.empty();
  private FrameworkInfo framework = FrameworkInfo.newBuilder().setUser("").setName("").build();
  private Instant storeFreeAt;
  private long requests;
  private boolean dead;

  /**
   * @param store by path; only what was reported stored is in it
   */
  SimulatedServices(
      Simulation simulation,
      Network network,
      Supplier<SimulatedMaster> master,
      Map<String, StoredRecord> store) {
    this.simulation = simulation;
    this.network = network;
    this.master = master;
    this.store = store;
    this.random = simulation.newRandom();
    this.storeFreeAt = simulation.now();
    this.core = new Services(ServicesConfig.defaults(), simulation.newRandom());
    this.timers =
        new SimulatedTimers<>(simulation, timer -> handle(new ServicesCommand.TimerFired(timer)));
  }

  void start() {
    handle(new ServicesCommand.Loaded(List.copyOf(store.values())));
  }

  void die() {
    dead = true;
    timers.stop();
  }

  ServicesSnapshot snapshot() {
    return core.snapshot();
  }

  void create(AppDefinition app) {
    handle(new ServicesCommand.CreateApp(requests++, app, false));
  }

  void scale(AppId id, int instances) {
    AppDefinition present = Optional.ofNullable(snapshot().apps().get(id)).orElseThrow().app();
    handle(
        new ServicesCommand.ChangeApps(
            requests++,
            List.of(
                new ServicesCommand.ChangeApps.Change(
                    present.withInstances(instances), Optional.of(present.version()))),
            true));
  }

  private void handle(ServicesCommand command) {
    if (!dead) {
      core.handle(command, simulation.now()).forEach(this::perform);
    }
  }

  private void perform(ServicesEffect effect) {
    switch (effect) {
      case ServicesEffect.Subscribe(FrameworkInfo info) -> {
        framework = info;
        subscribe();
      }
      case ServicesEffect.SendCall(Call call) -> send(call);
      case ServicesEffect.Store(long write, List<StoredRecord> records, List<String> removed) ->
          store(write, records, removed);
      case ServicesEffect.Answer(long _, ApiAnswer answer) ->
          simulation.note("services answers " + answer.getClass().getSimpleName());
      case ServicesEffect.SetTimer(ServicesTimer timer, Instant at) -> timers.set(timer, at);
      case ServicesEffect.CancelTimer(ServicesTimer timer) -> timers.cancel(timer);
      case ServicesEffect.StartHealthChecks _,
          ServicesEffect.StopHealthChecks _,
          ServicesEffect.Announce _ -> {
        // no application here has checks, and nobody listens
      }
    }
  }

  /**
   * One write after the other, each taking a while; a dead scheduler's write under way may or may
   * not have happened.
   */
  private void store(long write, List<StoredRecord> records, List<String> removed) {
    Instant from = storeFreeAt.isBefore(simulation.now()) ? simulation.now() : storeFreeAt;
    storeFreeAt =
        from.plus(Simulation.between(random, Duration.ofMillis(1), Duration.ofMillis(30)));
    simulation.at(
        storeFreeAt,
        () -> {
          if (!dead || random.nextBoolean()) {
            records.forEach(record -> store.put(record.path(), record));
            removed.forEach(store::remove);
          }
          handle(new ServicesCommand.Stored(write));
        });
  }

  private void subscribe() {
    if (dead) {
      return;
    }
    Optional<Network.Connection> fresh = network.connect(HOST, SimulatedMaster.HOST);
    if (fresh.isEmpty()) {
      simulation.after(
          Simulation.between(random, Duration.ofMillis(100), RETRY_MAX), this::subscribe);
      return;
    }
    connection = fresh;
    Network.Connection opened = fresh.get();
    opened.onClosed(HOST, reason -> closed(opened, reason));
    Call.Builder call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(Call.Subscribe.newBuilder().setFrameworkInfo(framework));
    if (framework.hasId()) {
      call.setFrameworkId(framework.getId());
    }
    opened.send(
        HOST,
        () ->
            master
                .get()
                .subscribe(opened, call.build(), id -> stream = Optional.of(id), this::received));
  }

  private void received(Event event) {
    if (event.getType() == Event.Type.SUBSCRIBED) {
      framework = framework.toBuilder().setId(event.getSubscribed().getFrameworkId()).build();
    }
    handle(new ServicesCommand.SchedulerEvent(event));
  }

  private void closed(Network.Connection which, String reason) {
    if (connection.filter(which::equals).isEmpty()) {
      return;
    }
    connection = Optional.empty();
    stream = Optional.empty();
    handle(new ServicesCommand.SchedulerDisconnected(reason));
    simulation.after(
        Simulation.between(random, Duration.ofMillis(100), RETRY_MAX), this::subscribe);
  }

  private void send(Call call) {
    if (connection.isPresent() && stream.isPresent() && framework.hasId()) {
      StreamId id = stream.get();
      Call complete = call.toBuilder().setFrameworkId(framework.getId()).build();
      connection.get().send(HOST, () -> master.get().call(id, complete));
    }
  }
}

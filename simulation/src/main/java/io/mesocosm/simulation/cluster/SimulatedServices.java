package io.mesocosm.simulation.cluster;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.Services;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesTimer;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.ProcessClock;
import io.mesocosm.simulation.world.SimulatedElection.Leadership;
import io.mesocosm.simulation.world.SimulatedElection.WriteResult;
import io.mesocosm.simulation.world.SimulatedTimers;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** A services scheduler from its election to its end: the real core, its subscription and store. */
final class SimulatedServices {
  /** Names the framework over all its lives. */
  static final String SCHEDULER = "services";

  private record Asker(Network.End end, Consumer<ApiAnswer> reply) {}

  private static final Duration LATE = Duration.ofSeconds(8);

  private final World world;
  private final Host host;
  private final Leadership<StoredRecord> leadership;
  private final Consumer<String> stepDown;
  private final ProcessClock clock;
  private final Services core;
  private final SimulatedTimers<ServicesTimer> timers;
  private final SchedulerLink link;
  private final Map<Long, Asker> askers = new HashMap<>();
  private final ServicesWatch watch;
  private long requests;
  private boolean dead;

  SimulatedServices(
      World world,
      Host host,
      Masters masters,
      Leadership<StoredRecord> leadership,
      Consumer<String> stepDown) {
    this.world = world;
    this.host = host;
    this.leadership = leadership;
    this.stepDown = stepDown;
    this.clock = new ProcessClock(host);
    this.core = new Services(ServicesConfig.defaults(), world.simulation().newRandom());
    this.watch = new ServicesWatch(world.invariants(), core);
    this.timers =
        new SimulatedTimers<>(host, clock, timer -> handle(new ServicesCommand.TimerFired(timer)));
    this.link =
        new SchedulerLink(
            world,
            host,
            masters,
            new SchedulerLink.Listener() {
              @Override
              public void event(Event event) {
                received(event);
              }

              @Override
              public void disconnected(String reason) {
                handle(new ServicesCommand.SchedulerDisconnected(reason));
              }
            });
  }

  void begin(SortedMap<String, StoredRecord> records) {
    handle(new ServicesCommand.Loaded(records.values().stream().filter(this::isGiven).toList()));
    watch.loaded(records.values());
  }

  private boolean isGiven(StoredRecord record) {
    return !(world.has(PlantedBug.INSTANCES_NOT_LOADED)
            && record instanceof StoredRecord.InstanceRecord)
        && !(world.has(PlantedBug.ANSWERS_NOT_LOADED)
            && record instanceof StoredRecord.AnswerRecord);
  }

  void die() {
    dead = true;
    timers.stop();
    link.end();
  }

  ServicesSnapshot snapshot() {
    return core.snapshot();
  }

  void ask(Network.End end, LongFunction<ServicesCommand> command, Consumer<ApiAnswer> reply) {
    long request = requests++;
    askers.put(request, new Asker(end, reply));
    handle(command.apply(request));
  }

  private void received(Event event) {
    if (dead) {
      return;
    }
    if (event.getType() == Event.Type.UPDATE) {
      world.invariants().schedulerTold(SCHEDULER, event.getUpdate().getStatus());
    }
    handle(new ServicesCommand.SchedulerEvent(event));
  }

  private void handle(ServicesCommand command) {
    if (dead) {
      return;
    }
    if (world.looksAtLeases() && !leadership.mayAct()) {
      stepDown.accept("it stood still for longer than its session lives");
      return;
    }
    world.note(() -> host.name() + " <- " + Lines.of(command));
    List<ServicesEffect> effects = core.handle(command, clock.now());
    watch.handled(command, effects);
    for (ServicesEffect effect : effects) {
      if (!dead) {
        perform(effect);
      }
    }
  }

  private void perform(ServicesEffect effect) {
    switch (effect) {
      case ServicesEffect.Subscribe(var framework) -> link.subscribe(framework);
      case ServicesEffect.SendCall(var call) -> {
        world.note(() -> host.name() + " -> " + Lines.of(call));
        link.send(call);
        if (world.has(PlantedBug.RUNNING_TAKEN_FOR_GRANTED)) {
          takeForGranted(call);
        }
      }
      case ServicesEffect.Store write -> store(write);
      case ServicesEffect.Answer(long request, ApiAnswer answer) -> {
        world.note(() -> host.name() + ": answers " + answer);
        Asker asker =
            Optional.ofNullable(askers.remove(request))
                .orElseThrow(() -> new AssertionError("request " + request + " answered twice"));
        asker.end().send(() -> asker.reply().accept(answer));
      }
      case ServicesEffect.StartHealthChecks _,
          ServicesEffect.StopHealthChecks _,
          ServicesEffect.Measure _,
          ServicesEffect.StartReadinessChecks _,
          ServicesEffect.StopReadinessChecks _,
          ServicesEffect.Announce _ -> {
        // no app here has checks, and nobody listens
      }
      case ServicesEffect.SetTimer(ServicesTimer timer, var at) -> timers.set(timer, at);
      case ServicesEffect.CancelTimer(ServicesTimer timer) -> timers.cancel(timer);
    }
  }

  private void takeForGranted(Call call) {
    for (Offer.Operation operation : call.getAccept().getOperationsList()) {
      for (TaskInfo task : operation.getLaunch().getTaskInfosList()) {
        Event.Builder event = Event.newBuilder().setType(Event.Type.UPDATE);
        event
            .getUpdateBuilder()
            .getStatusBuilder()
            .setTaskId(task.getTaskId())
            .setAgentId(task.getAgentId())
            .setState(TaskState.TASK_RUNNING);
        host.after(Duration.ZERO, () -> handle(new ServicesCommand.SchedulerEvent(event.build())));
      }
    }
  }

  private void store(ServicesEffect.Store store) {
    Map<String, Optional<StoredRecord>> changes = new LinkedHashMap<>();
    store.records().forEach(record -> changes.put(record.path(), Optional.of(record)));
    store.removedPaths().forEach(path -> changes.put(path, Optional.empty()));
    if (world.has(PlantedBug.STORE_ANSWERED_EARLY)) {
      host.after(Duration.ZERO, () -> handle(new ServicesCommand.Stored(store.write())));
      host.after(
          Duration.ofSeconds(2),
          () -> {
            if (!dead) {
              leadership.write(changes, _ -> {});
            }
          });
      return;
    }
    if (world.has(PlantedBug.FAILED_WRITES_LATE) && store.write() % 7 == 0) {
      host.after(Duration.ZERO, () -> stored(store.write(), WriteResult.UNKNOWN));
      host.after(
          LATE,
          () -> {
            if (!dead) {
              leadership.write(changes, _ -> {});
            }
          });
      return;
    }
    leadership.write(changes, result -> stored(store.write(), result));
  }

  private void stored(long write, WriteResult result) {
    watch.stored(write, result == WriteResult.DONE);
    switch (result) {
      case DONE -> handle(new ServicesCommand.Stored(write));
      case UNKNOWN -> handle(new ServicesCommand.StoreFailed(write, "the connection was lost"));
      case FENCED -> {
        if (!dead) {
          stepDown.accept("a write was fenced: another scheduler leads");
        }
      }
    }
  }
}

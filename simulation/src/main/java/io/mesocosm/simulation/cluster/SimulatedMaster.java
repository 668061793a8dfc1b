package io.mesocosm.simulation.cluster;

import io.mesocosm.allocator.AllocatorConfig;
import io.mesocosm.allocator.HierarchicalAllocator;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.Master;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterConfig;
import io.mesocosm.master.MasterEffect;
import io.mesocosm.master.MasterMirror;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterTimer;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
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
import org.apache.mesos.v1.Protos.MasterInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** A master from its election to its end: the real core, its streams, calls and registry. */
final class SimulatedMaster {
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(15);
  private static final Event HEARTBEAT = Event.newBuilder().setType(Event.Type.HEARTBEAT).build();

  private record Stream<E>(Network.End end, Subscriber<E> subscriber) {
    void send(E event) {
      end.send(() -> subscriber.event(event));
    }
  }

  private record Caller(Network.End end, Consumer<CallAnswer> reply) {}

  private final World world;
  private final Host host;
  private final String id;
  private final Leadership<RegistryRecord> leadership;
  private final Consumer<String> stepDown;
  private final ProcessClock clock;
  private final Master core;
  private final MasterMirror mirror;
  private final SimulatedTimers<MasterTimer> timers;
  private final Map<StreamId, Stream<Event>> schedulers = new LinkedHashMap<>();
  private final Map<StreamId, Stream<LinkEvent>> agents = new LinkedHashMap<>();
  private final Map<Long, Caller> callers = new HashMap<>();
  // Of the planted bug that repeats them, by agent.
  private final Map<String, LinkEvent> lastRunTasks = new HashMap<>();
  private final Map<StreamId, String> agentByStream = new HashMap<>();
  private long streams;
  private long requests;
  private boolean dead;

  /**
   * @param id of this life: no other master ever has it
   * @param stepDown ends the process, for a reason
   */
  SimulatedMaster(
      World world,
      Host host,
      String id,
      Leadership<RegistryRecord> leadership,
      Consumer<String> stepDown) {
    this.world = world;
    this.host = host;
    this.id = id;
    this.leadership = leadership;
    this.stepDown = stepDown;
    this.clock = new ProcessClock(host);
    MasterInfo info =
        MasterInfo.newBuilder().setId(id).setIp(0).setPort(5050).setHostname(host.name()).build();
    MasterConfig config = MasterConfig.of(info);
    this.core =
        new Master(
            config,
            new HierarchicalAllocator(AllocatorConfig.USUAL, world.simulation().newRandom()));
    this.mirror =
        new MasterMirror(config.completedFrameworksMax(), config.completedTasksPerFrameworkMax());
    this.timers =
        new SimulatedTimers<>(host, clock, timer -> handle(new MasterCommand.TimerFired(timer)));
  }

  void begin(SortedMap<String, RegistryRecord> records) {
    world.note(() -> host.name() + ": leads by epoch " + leadership.epoch());
    boolean read = !world.has(PlantedBug.REGISTRY_NOT_READ);
    handle(new MasterCommand.RegistryRead(read ? List.copyOf(records.values()) : List.of()));
  }

  /** Loses everything, at once. */
  void die() {
    dead = true;
    timers.stop();
  }

  MasterSnapshot snapshot() {
    mirror.apply(core.changes());
    return mirror.snapshot();
  }

  void subscribeScheduler(Network.End end, Call call, Subscriber<Event> subscriber) {
    StreamId stream = open(end, schedulers, subscriber);
    end.onClosed(_ -> schedulerGone(stream));
    handle(new MasterCommand.SchedulerSubscribe(stream, call, Optional.empty()));
  }

  void subscribeAgent(Network.End end, LinkCall call, Subscriber<LinkEvent> subscriber) {
    StreamId stream = open(end, agents, subscriber);
    end.onClosed(_ -> agentGone(stream));
    handle(new MasterCommand.AgentSubscribe(stream, call, end.peer().hostName(), Optional.empty()));
    repeatRunTasks(stream, call);
  }

  private void repeatRunTasks(StreamId stream, LinkCall call) {
    if (world.has(PlantedBug.RUN_TASKS_REPEATED)) {
      String agent = call.getAgentId().getValue();
      agentByStream.put(stream, agent);
      Optional.ofNullable(lastRunTasks.get(agent))
          .ifPresent(
              again -> Optional.ofNullable(agents.get(stream)).ifPresent(to -> to.send(again)));
    }
  }

  void callByScheduler(Network.End end, StreamId stream, Call call, Consumer<CallAnswer> reply) {
    if (call.getType() == Call.Type.ACKNOWLEDGE && world.has(PlantedBug.ACKNOWLEDGEMENTS_LOST)) {
      end.send(() -> reply.accept(new CallAnswer.Accepted()));
      return;
    }
    handle(
        new MasterCommand.SchedulerCall(
            expectAnswer(end, reply), Optional.of(stream), call, Optional.empty()));
  }

  void callByAgent(Network.End end, StreamId stream, LinkCall call, Consumer<CallAnswer> reply) {
    handle(new MasterCommand.AgentCall(expectAnswer(end, reply), Optional.of(stream), call));
  }

  void callByOperator(
      Network.End end, org.apache.mesos.v1.master.Protos.Call call, Consumer<CallAnswer> reply) {
    handle(new MasterCommand.OperatorCall(expectAnswer(end, reply), call, Optional.empty()));
  }

  private long expectAnswer(Network.End end, Consumer<CallAnswer> reply) {
    long request = requests++;
    callers.put(request, new Caller(end, reply));
    return request;
  }

  private <E> StreamId open(
      Network.End end, Map<StreamId, Stream<E>> map, Subscriber<E> subscriber) {
    StreamId stream = new StreamId(id + "-stream-" + streams++);
    map.put(stream, new Stream<>(end, subscriber));
    end.send(() -> subscriber.opened(stream, leadership.epoch()));
    return stream;
  }

  private void schedulerGone(StreamId stream) {
    schedulers.remove(stream);
    handle(new MasterCommand.SchedulerStreamClosed(stream));
  }

  private void agentGone(StreamId stream) {
    agents.remove(stream);
    handle(new MasterCommand.AgentStreamClosed(stream));
  }

  private void handle(MasterCommand command) {
    if (dead) {
      return;
    }
    if (world.looksAtLeases() && !leadership.mayAct()) {
      stepDown.accept("it stood still for longer than its session lives");
      return;
    }
    world.note(() -> host.name() + " <- " + Lines.of(command));
    List<MasterEffect> effects = core.handle(command, clock.now());
    for (MasterEffect effect : effects) {
      if (!dead) {
        perform(effect);
      }
    }
    if (!dead && changesBooks(command)) {
      world.invariants().masterChanged(host.name(), snapshot());
    }
  }

  /** Signs of life, by far the most frequent, change nothing. */
  private static boolean changesBooks(MasterCommand command) {
    return switch (command) {
      case MasterCommand.AgentCall(var _, var _, LinkCall call) ->
          call.getType() != LinkCall.Type.PONG;
      case MasterCommand.TimerFired(MasterTimer timer) -> !(timer instanceof MasterTimer.PingAgent);
      case MasterCommand _ -> true;
    };
  }

  private void perform(MasterEffect effect) {
    switch (effect) {
      case MasterEffect.SendToScheduler(StreamId stream, Event event) -> {
        Optional.ofNullable(schedulers.get(stream)).ifPresent(to -> to.send(event));
        if (event.getType() == Event.Type.SUBSCRIBED) {
          heartbeat(stream);
        }
      }
      case MasterEffect.CloseSchedulerStream(StreamId stream) ->
          close(schedulers, stream, () -> schedulerGone(stream));
      case MasterEffect.SendToAgent(StreamId stream, LinkEvent event) -> sendToAgent(stream, event);
      case MasterEffect.CloseAgentStream(StreamId stream) ->
          close(agents, stream, () -> agentGone(stream));
      case MasterEffect.Answer(long request, CallAnswer answer) -> {
        Caller caller =
            Optional.ofNullable(callers.remove(request))
                .orElseThrow(() -> new AssertionError("request " + request + " answered twice"));
        caller.end().send(() -> caller.reply().accept(answer));
      }
      case MasterEffect.SetTimer(MasterTimer timer, var at) -> timers.set(timer, at);
      case MasterEffect.CancelTimer(MasterTimer timer) -> timers.cancel(timer);
      case MasterEffect.Store store -> store(store);
      case MasterEffect.Abort(String why) -> stepDown.accept(why);
      case MasterEffect.Warn(String what) -> world.note(() -> host.name() + ": warns: " + what);
      case MasterEffect.OpenOperatorStream _, MasterEffect.Publish _, MasterEffect.Count _ -> {
        // nobody follows events or reads metrics here
      }
    }
  }

  private void sendToAgent(StreamId stream, LinkEvent event) {
    if (event.getType() == LinkEvent.Type.KILL_TASK && world.has(PlantedBug.KILLS_LOST)) {
      return;
    }
    if (event.getType() == LinkEvent.Type.RUN_TASKS && agentByStream.containsKey(stream)) {
      lastRunTasks.put(agentByStream.get(stream), event);
    }
    Optional.ofNullable(agents.get(stream)).ifPresent(to -> to.send(event));
  }

  private <E> void close(Map<StreamId, Stream<E>> map, StreamId stream, Runnable gone) {
    Optional.ofNullable(map.remove(stream))
        .ifPresent(closed -> {
          closed.end().close();
          host.after(Duration.ZERO, gone);
        });
  }

  private void store(MasterEffect.Store store) {
    world.note(() -> host.name() + ": writes " + store.name());
    if (world.has(PlantedBug.REGISTRY_WRITE_DROPPED)) {
      host.after(Duration.ofMillis(1), () -> handle(new MasterCommand.Stored(store.write())));
      return;
    }
    leadership.write(Map.of(store.name(), store.record()), result -> stored(store.write(), result));
  }

  private void stored(long write, WriteResult result) {
    switch (result) {
      case DONE -> handle(new MasterCommand.Stored(write));
      case UNKNOWN -> handle(new MasterCommand.StoreFailed(write, "the connection was lost"));
      case FENCED -> {
        if (!dead) {
          stepDown.accept("a write was fenced: another master leads");
        }
      }
    }
  }

  private void heartbeat(StreamId stream) {
    Optional<Stream<Event>> to = Optional.ofNullable(schedulers.get(stream));
    if (!dead && to.isPresent()) {
      to.get().send(HEARTBEAT);
      host.after(HEARTBEAT_INTERVAL, () -> heartbeat(stream));
    }
  }
}

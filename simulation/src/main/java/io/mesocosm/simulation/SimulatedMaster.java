package io.mesocosm.simulation;

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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.MasterInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** One life of a master: the real core, with streams over the simulated network. */
final class SimulatedMaster {
  static final String HOST = "master";
  private static final Duration STORE_TIME = Duration.ofMillis(5);

  private final Simulation simulation;
  private final Master core;
  private final MasterMirror mirror;
  private final SimulatedTimers<MasterTimer> timers;
  private final Map<StreamId, Downstream<Event>> schedulers = new LinkedHashMap<>();
  private final Map<StreamId, Downstream<LinkEvent>> agents = new LinkedHashMap<>();
  private final String id;
  private long streams;
  private long requests;
  private boolean dead;

  private record Downstream<E>(Network.Connection connection, Consumer<E> receiver) {}

  /**
   * @param life counts restarts: a master has a new id in each
   */
  SimulatedMaster(Simulation simulation, int life) {
    this.simulation = simulation;
    this.id = "m" + life;
    MasterInfo info =
        MasterInfo.newBuilder().setId(id).setIp(0).setPort(5050).setHostname(HOST).build();
    MasterConfig config = MasterConfig.of(info);
    this.core =
        new Master(
            config, new HierarchicalAllocator(AllocatorConfig.USUAL, simulation.newRandom()));
    this.mirror =
        new MasterMirror(config.completedFrameworksMax(), config.completedTasksPerFrameworkMax());
    this.timers =
        new SimulatedTimers<>(simulation, timer -> handle(new MasterCommand.TimerFired(timer)));
  }

  MasterSnapshot snapshot() {
    mirror.apply(core.changes());
    return mirror.snapshot();
  }

  /** Loses everything, at once. */
  void die() {
    dead = true;
    timers.stop();
  }

  /** A SUBSCRIBE has arrived; {@code opened} is called at the other end before any event. */
  void subscribe(
      Network.Connection connection,
      Call call,
      Consumer<StreamId> opened,
      Consumer<Event> receiver) {
    StreamId stream = nextStream();
    schedulers.put(stream, new Downstream<>(connection, receiver));
    connection.onClosed(
        HOST, _ -> closed(schedulers, stream, new MasterCommand.SchedulerStreamClosed(stream)));
    connection.send(HOST, () -> opened.accept(stream));
    handle(new MasterCommand.SchedulerSubscribe(stream, call, Optional.empty()));
  }

  void call(StreamId stream, Call call) {
    handle(
        new MasterCommand.SchedulerCall(requests++, Optional.of(stream), call, Optional.empty()));
  }

  void subscribeAgent(
      Network.Connection connection,
      LinkCall call,
      Consumer<StreamId> opened,
      Consumer<LinkEvent> receiver) {
    StreamId stream = nextStream();
    agents.put(stream, new Downstream<>(connection, receiver));
    connection.onClosed(
        HOST, _ -> closed(agents, stream, new MasterCommand.AgentStreamClosed(stream)));
    connection.send(HOST, () -> opened.accept(stream));
    handle(new MasterCommand.AgentSubscribe(stream, call, "", Optional.empty()));
  }

  void agentCall(StreamId stream, LinkCall call) {
    handle(new MasterCommand.AgentCall(requests++, Optional.of(stream), call));
  }

  private StreamId nextStream() {
    return new StreamId(id + "-stream-" + streams++);
  }

  private <E> void closed(
      Map<StreamId, Downstream<E>> streamsOfKind, StreamId stream, MasterCommand command) {
    if (streamsOfKind.remove(stream) != null) {
      handle(command);
    }
  }

  private void handle(MasterCommand command) {
    if (!dead) {
      core.handle(command, simulation.now()).forEach(this::perform);
    }
  }

  private void perform(MasterEffect effect) {
    switch (effect) {
      case MasterEffect.SendToScheduler(StreamId stream, Event event) -> {
        simulation.note("master → scheduler " + event.getType() + describe(event));
        send(schedulers, stream, event);
      }
      case MasterEffect.CloseSchedulerStream(StreamId stream) -> close(schedulers, stream);
      case MasterEffect.SendToAgent(StreamId stream, LinkEvent event) ->
          send(agents, stream, event);
      case MasterEffect.CloseAgentStream(StreamId stream) -> close(agents, stream);
      case MasterEffect.Answer(long _, CallAnswer answer) -> {
        if (answer instanceof CallAnswer.Refused refused) {
          simulation.note("master refuses a call: " + refused.status() + " " + refused.text());
        }
      }
      case MasterEffect.SetTimer(MasterTimer timer, var at) -> timers.set(timer, at);
      case MasterEffect.CancelTimer(MasterTimer timer) -> timers.cancel(timer);
      case MasterEffect.Store store ->
          simulation.after(STORE_TIME, () -> handle(new MasterCommand.Stored(store.write())));
      case MasterEffect.OpenOperatorStream _, MasterEffect.Publish _ -> {
        // nobody follows events here
      }
      case MasterEffect.Count _ -> {
        // metrics are the shell's
      }
    }
  }

  private static String describe(Event event) {
    return event.getType() == Event.Type.UPDATE
        ? " "
            + event.getUpdate().getStatus().getTaskId().getValue()
            + " "
            + event.getUpdate().getStatus().getState()
        : "";
  }

  private static <E> void send(
      Map<StreamId, Downstream<E>> streamsOfKind, StreamId stream, E event) {
    Downstream<E> downstream = streamsOfKind.get(stream);
    if (downstream != null) {
      downstream.connection().send(HOST, () -> downstream.receiver().accept(event));
    }
  }

  private static <E> void close(Map<StreamId, Downstream<E>> streamsOfKind, StreamId stream) {
    Downstream<E> downstream = streamsOfKind.get(stream);
    if (downstream != null) {
      downstream.connection().close(HOST);
    }
  }
}

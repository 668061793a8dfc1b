package io.mesocosm.simulation.cluster;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.Agent;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.agent.AgentTimer;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.StreamId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.ProcessClock;
import io.mesocosm.simulation.world.SimulatedDisk;
import io.mesocosm.simulation.world.SimulatedElection;
import io.mesocosm.simulation.world.SimulatedTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.TaskStatus;

/** One life of an agent's process: the real core, its link, its journal. */
final class SimulatedAgent {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(15);

  private static final Uplink.Door<LinkCall, LinkEvent> DOOR =
      new Uplink.Door<>() {
        @Override
        public void subscribe(
            MasterHost master, Network.End end, LinkCall call, Subscriber<LinkEvent> subscriber) {
          master.subscribeAgent(end, call, subscriber);
        }

        @Override
        public void call(
            MasterHost master,
            Network.End end,
            StreamId stream,
            LinkCall call,
            Consumer<CallAnswer> reply) {
          master.callByAgent(end, stream, call, reply);
        }
      };

  private final AgentHost machine;
  private final World world;
  private final Host host;
  private final ProcessClock clock;
  private final Agent core;
  private final SimulatedTimers<AgentTimer> timers;
  private final SimulatedElection<RegistryRecord>.Watch watch;
  // Updates that were sent to a master and not acknowledged since, by task.
  private final SortedMap<String, TaskStatus> unacknowledged = new TreeMap<>();
  private final Set<ByteString> acknowledged = new HashSet<>();
  private Optional<Uplink<LinkCall, LinkEvent>> link = Optional.empty();
  private long linkNumber = -1;
  private boolean dead;

  SimulatedAgent(AgentHost machine) {
    this.machine = machine;
    this.world = machine.world();
    this.host = machine.host();
    this.clock = new ProcessClock(host);
    String name = host.name();
    AgentConfig config = AgentConfig.of(machine.info(), name, "/work").withStored(machine.stored());
    this.core = new Agent(config, world.simulation().newRandom());
    this.timers =
        new SimulatedTimers<>(host, clock, timer -> handle(new AgentCommand.TimerFired(timer)));
    this.watch =
        machine
            .election()
            .watch(
                host,
                leader -> {
                  if (leader.isPresent()) {
                    handle(new AgentCommand.MasterDetected());
                  }
                });
  }

  void begin() {
    SortedMap<String, CheckpointRecord> records = machine.disk().records();
    SortedSet<ContainerId> wanted = new TreeSet<>();
    records.values().forEach(record -> addContainers(record, wanted));
    SortedMap<ContainerId, RecoveredContainer> found = machine.containers().recover(wanted);
    if (world.has(PlantedBug.CONTAINERS_NOT_REPORTED)) {
      found = new TreeMap<>();
    }
    if (!records.isEmpty() && !world.has(PlantedBug.CHECKPOINT_NOT_READ)) {
      handle(new AgentCommand.Recover(forgetful(records), found));
    }
    handle(new AgentCommand.Start());
  }

  private static void addContainers(CheckpointRecord record, SortedSet<ContainerId> to) {
    if (record.hasExecutor() && record.getExecutor().hasContainerId()) {
      to.add(new ContainerId(record.getExecutor().getContainerId()));
    }
    if (record.hasTask() && record.getTask().hasContainerId()) {
      to.add(new ContainerId(record.getTask().getContainerId()));
    }
  }

  private SortedMap<String, CheckpointRecord> forgetful(SortedMap<String, CheckpointRecord> all) {
    if (!world.has(PlantedBug.PENDING_UPDATES_FORGOTTEN)) {
      return all;
    }
    SortedMap<String, CheckpointRecord> without = new TreeMap<>(all);
    without.replaceAll((_, record) -> {
      CheckpointRecord.Builder changed = record.toBuilder();
      if (changed.hasTask()) {
        changed.getTaskBuilder().clearPending();
      }
      return changed.build();
    });
    return without;
  }

  /** Loses everything that it had in memory. */
  void die() {
    dead = true;
    timers.stop();
    watch.end();
    link.ifPresent(Uplink::end);
  }

  /** What it has told and nobody has acknowledged. */
  List<String> undelivered() {
    return unacknowledged.values().stream()
        .map(status -> host.name() + ": " + status.getTaskId().getValue() + " " + status.getState())
        .toList();
  }

  private void handle(AgentCommand command) {
    if (dead) {
      return;
    }
    world.note(() -> host.name() + " <- " + Lines.of(command));
    for (AgentEffect effect : core.handle(command, clock.now())) {
      if (!dead) {
        perform(effect);
      }
    }
  }

  private void perform(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.Connect(long number, LinkCall subscribe) -> connect(number, subscribe);
      case AgentEffect.Disconnect(long number, String _) -> {
        if (number == linkNumber) {
          link.ifPresent(Uplink::end);
        }
      }
      case AgentEffect.SendToMaster(long number, LinkCall call) -> send(number, call);
      case AgentEffect.LaunchContainer(var launch) ->
          machine.containers().launch(launch, this::later);
      case AgentEffect.StopContainer(var id, Duration grace) ->
          machine.containers().stop(id, grace);
      case AgentEffect.DestroyContainer(var id) -> machine.containers().destroy(id);
      case AgentEffect.AwaitContainer(var id) -> machine.containers().await(id, this::later);
      case AgentEffect.StartChecks _, AgentEffect.StopChecks _ -> {
        // no task here asks for checks
      }
      case AgentEffect.AnswerExecutor _,
          AgentEffect.SendToExecutor _,
          AgentEffect.CloseExecutorStream _ -> {
        // no framework here brings an executor
      }
      case AgentEffect.Store store ->
          host.after(
              Duration.ofMillis(5),
              () -> {
                if (!dead) {
                  machine.store(store.state());
                  handle(new AgentCommand.Stored(store.number()));
                }
              });
      case AgentEffect.Checkpoint(long number, var changes) -> checkpoint(number, changes);
      case AgentEffect.SetTimer(AgentTimer timer, var at) -> {
        if (!(timer instanceof AgentTimer.ResendUpdate) || !world.has(PlantedBug.RESEND_LOST)) {
          timers.set(timer, at);
        }
      }
      case AgentEffect.CancelTimer(AgentTimer timer) -> timers.cancel(timer);
      case AgentEffect.Stopped() -> world.note(() -> host.name() + ": the agent has stopped");
    }
  }

  private void checkpoint(long number, SortedMap<String, Optional<CheckpointRecord>> changes) {
    world.note(() -> host.name() + ": writes down " + number + ": " + changes.keySet());
    world.invariants().journalWritten(host.name());
    boolean early = world.has(PlantedBug.CHECKPOINT_ANSWERED_EARLY);
    if (early) {
      later(new AgentCommand.Checkpointed(number));
    }
    machine
        .disk()
        .append(
            number,
            changes,
            new SimulatedDisk.Writer() {
              @Override
              public void flushed(long last) {
                world.invariants().journalFlushed(host.name());
                if (!early) {
                  handle(new AgentCommand.Checkpointed(last));
                }
              }

              @Override
              public void failed() {
                machine.crashed(SimulatedAgent.this, "the disk is full: the agent's process ends");
              }
            });
  }

  private void later(AgentCommand command) {
    host.after(Duration.ZERO, () -> handle(command));
  }

  private void send(long number, LinkCall call) {
    if (number != linkNumber) {
      return;
    }
    updatesOf(call)
        .forEach(status -> {
          // A slow disk may hold an update back until after its acknowledgement.
          if (!acknowledged.contains(status.getUuid())) {
            unacknowledged.put(status.getTaskId().getValue(), status);
          }
          world.invariants().agentSaid(host.name(), status);
        });
    link.ifPresent(up -> up.send(call));
  }

  private static List<TaskStatus> updatesOf(LinkCall call) {
    List<TaskStatus> statuses = new ArrayList<>();
    if (call.hasUpdate()) {
      statuses.add(call.getUpdate().getStatus());
    }
    call.getBatchList().forEach(each -> statuses.addAll(updatesOf(each)));
    return statuses;
  }

  private void connect(long number, LinkCall subscribe) {
    link.ifPresent(Uplink::end);
    linkNumber = number;
    Uplink<LinkCall, LinkEvent> next =
        new Uplink<>(
            world,
            host,
            DOOR,
            ANSWER_MAX,
            true,
            new Uplink.Listener<>() {
              @Override
              public void opened() {
                handle(new AgentCommand.LinkOpened(number));
              }

              @Override
              public void event(LinkEvent event) {
                received(number, event);
              }

              @Override
              public void failed(String reason) {
                later(new AgentCommand.LinkClosed(number, reason));
              }
            });
    link = Optional.of(next);
    LinkCall call = subscribe;
    if (world.has(PlantedBug.TASKS_NOT_REPORTED)) {
      call =
          subscribe.toBuilder()
              .setSubscribe(subscribe.getSubscribe().toBuilder().clearTasks())
              .build();
    }
    next.begin(watch.leader().flatMap(machine.masters()::named), call);
  }

  private void received(long number, LinkEvent event) {
    if (event.hasUpdateAcknowledged()) {
      acknowledged.add(event.getUpdateAcknowledged().getUuid());
      String task = event.getUpdateAcknowledged().getTaskId().getValue();
      Optional.ofNullable(unacknowledged.get(task))
          .filter(status -> status.getUuid().equals(event.getUpdateAcknowledged().getUuid()))
          .ifPresent(_ -> unacknowledged.remove(task));
    }
    if (event.hasKillTask() && world.has(PlantedBug.END_REPORTED_EARLY)) {
      reportEarly(number, event.getKillTask());
    }
    handle(new AgentCommand.LinkEventArrived(number, event));
  }

  private void reportEarly(long number, LinkEvent.KillTask kill) {
    TaskStatus status =
        TaskStatus.newBuilder()
            .setTaskId(kill.getTaskId())
            .setState(org.apache.mesos.v1.Protos.TaskState.TASK_KILLED)
            .build();
    send(
        number,
        LinkCall.newBuilder()
            .setType(LinkCall.Type.UPDATE)
            .setUpdate(
                LinkCall.Update.newBuilder()
                    .setFrameworkId(kill.getFrameworkId())
                    .setStatus(status))
            .build());
  }
}

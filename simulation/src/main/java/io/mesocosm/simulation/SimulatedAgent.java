package io.mesocosm.simulation;

import io.mesocosm.agent.Agent;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.agent.AgentTimer;
import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.master.StreamId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One life of an agent: the real core, with containers that start after a while and run until they
 * are ended.
 */
final class SimulatedAgent {
  private static final int SIGTERM = 15;
  private static final Duration START_MIN = Duration.ofMillis(5);
  private static final Duration START_MAX = Duration.ofMillis(200);

  private final Simulation simulation;
  private final Network network;
  private final Supplier<SimulatedMaster> master;
  private final String host;
  private final RandomGenerator random;
  private final Agent core;
  private final SimulatedTimers<AgentTimer> timers;
  private final Map<ContainerId, String> runningTasks = new LinkedHashMap<>();
  private final Set<ContainerId> launching = new LinkedHashSet<>();
  private Optional<Network.Connection> connection = Optional.empty();
  private Optional<StreamId> stream = Optional.empty();
  private long link = -1;
  private boolean dead;

  SimulatedAgent(
      Simulation simulation,
      Network network,
      Supplier<SimulatedMaster> master,
      String host,
      AgentConfig config) {
    this.simulation = simulation;
    this.network = network;
    this.master = master;
    this.host = host;
    this.random = simulation.newRandom();
    this.core = new Agent(config, simulation.newRandom());
    this.timers =
        new SimulatedTimers<>(simulation, timer -> handle(new AgentCommand.TimerFired(timer)));
  }

  void start() {
    handle(new AgentCommand.Start());
  }

  /** The machine loses power: containers die with it. */
  void die() {
    dead = true;
    timers.stop();
    runningTasks.clear();
  }

  /** Task ids of the containers that run. */
  List<String> runningTasks() {
    return List.copyOf(runningTasks.values());
  }

  /** A container of the task dies by itself. */
  void endTask(String task, int exitCode) {
    runningTasks.entrySet().stream()
        .filter(entry -> entry.getValue().equals(task))
        .map(Map.Entry::getKey)
        .findFirst()
        .ifPresent(id -> exit(ContainerExit.exited(id, exitCode)));
  }

  private void handle(AgentCommand command) {
    if (!dead) {
      core.handle(command, simulation.now()).forEach(this::perform);
    }
  }

  private void perform(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.Connect(long number, LinkCall subscribe) -> connect(number, subscribe);
      case AgentEffect.Disconnect _ -> drop();
      case AgentEffect.SendToMaster(long number, LinkCall call) -> send(number, call);
      case AgentEffect.LaunchContainer(ContainerLaunch launch) -> launch(launch);
      case AgentEffect.StopContainer(ContainerId id, Duration _) -> stop(id);
      case AgentEffect.DestroyContainer(ContainerId id) -> runningTasks.remove(id);
      case AgentEffect.SetTimer(AgentTimer timer, var at) -> timers.set(timer, at);
      case AgentEffect.CancelTimer(AgentTimer timer) -> timers.cancel(timer);
      case AgentEffect.Store store ->
          simulation.after(
              Simulation.between(random, Duration.ofMillis(1), Duration.ofMillis(20)),
              () -> handle(new AgentCommand.Stored(store.number())));
      case AgentEffect.AnswerExecutor _,
          AgentEffect.SendToExecutor _,
          AgentEffect.CloseExecutorStream _ -> {
        // no framework here brings an executor
      }
      case AgentEffect.StartChecks _, AgentEffect.StopChecks _, AgentEffect.Stopped _ -> {
        // no application here asks for checks by the agent, and no agent is stopped in good order
      }
    }
  }

  private void connect(long number, LinkCall subscribe) {
    drop();
    link = number;
    Optional<Network.Connection> fresh = network.connect(host, SimulatedMaster.HOST);
    if (fresh.isEmpty()) {
      simulation.after(Duration.ofMillis(500), () -> closed(number, "no route"));
      return;
    }
    connection = fresh;
    Network.Connection opened = fresh.get();
    opened.onClosed(host, reason -> closed(number, reason));
    opened.send(
        host,
        () ->
            master
                .get()
                .subscribeAgent(
                    opened,
                    subscribe,
                    id -> {
                      stream = Optional.of(id);
                      handle(new AgentCommand.LinkOpened(number));
                    },
                    event -> handle(new AgentCommand.LinkEventArrived(number, event))));
  }

  private void closed(long number, String reason) {
    if (number == link) {
      connection = Optional.empty();
      stream = Optional.empty();
      handle(new AgentCommand.LinkClosed(number, reason));
    }
  }

  private void drop() {
    connection.ifPresent(old -> old.close(host));
    connection = Optional.empty();
    stream = Optional.empty();
  }

  private void send(long number, LinkCall call) {
    if (number == link && connection.isPresent() && stream.isPresent()) {
      StreamId id = stream.get();
      connection.get().send(host, () -> master.get().agentCall(id, call));
    }
  }

  private void launch(ContainerLaunch launch) {
    ContainerId id = launch.id();
    String task = Optional.ofNullable(launch.labels().get("io.mesocosm.task-id")).orElseThrow();
    simulation.note(host + " launches " + task);
    launching.add(id);
    simulation.after(
        Simulation.between(random, START_MIN, START_MAX),
        () -> {
          if (!dead && launching.remove(id)) {
            runningTasks.put(id, task);
            handle(
                new AgentCommand.ContainerStarted(
                    id,
                    new StartedContainer(
                        id, OptionalLong.of(1), Optional.empty(), Optional.empty())));
          }
        });
  }

  private void stop(ContainerId id) {
    if (launching.remove(id)) {
      simulation.after(
          START_MIN, () -> handle(new AgentCommand.ContainerFailed(id, "stopped before it ran")));
    } else if (runningTasks.containsKey(id)) {
      simulation.after(
          Simulation.between(random, START_MIN, START_MAX),
          () -> exit(new ContainerExit(id, SIGTERM, false)));
    }
  }

  private void exit(ContainerExit exit) {
    String task = runningTasks.remove(exit.id());
    if (task != null && !dead) {
      simulation.note(
          host + " container of " + task + " ends with wait status " + exit.waitStatus());
      handle(new AgentCommand.ContainerExited(exit));
    }
  }
}

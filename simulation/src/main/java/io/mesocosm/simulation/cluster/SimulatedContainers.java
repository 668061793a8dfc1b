package io.mesocosm.simulation.cluster;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.simulation.invariant.ClusterView;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The containers of one machine, as the engines keep them: they outlive the agent that started
 * them, and how one has ended is kept until it is destroyed.
 */
final class SimulatedContainers {
  private static final Duration START_MIN = Duration.ofMillis(50);
  private static final Duration START_MAX = Duration.ofSeconds(3);
  private static final Duration STEP_MIN = Duration.ofMillis(1);
  private static final Duration STEP_MAX = Duration.ofMillis(100);
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;

  /** How many of a hundred containers heed no SIGTERM. */
  private static final int STUBBORN_PERCENT = 20;

  /** The machine has been restarted since the container was. */
  static final String REBOOTED = "the machine was restarted";

  private enum Phase {
    LAUNCHING,
    RUNNING,
    ENDED
  }

  private final World world;
  private final Host host;
  private final RandomGenerator random;
  private final TaskLives lives;
  private final SortedMap<ContainerId, Container> containersById = new TreeMap<>();
  private final SortedSet<ContainerId> lost = new java.util.TreeSet<>();
  private int launchFailurePercent;

  SimulatedContainers(World world, Host host, TaskLives lives) {
    this.world = world;
    this.host = host;
    this.lives = lives;
    this.random = world.simulation().newRandom();
  }

  private final class Container {
    private final ContainerId id;
    private final String task;
    private Optional<Consumer<AgentCommand>> mailbox;
    private Phase phase = Phase.LAUNCHING;
    private ContainerExit exit;
    private boolean stubborn;

    Container(ContainerLaunch launch, Consumer<AgentCommand> mailbox) {
      this.id = launch.id();
      this.exit = new ContainerExit(id, 0, false);
      this.task =
          Optional.ofNullable(launch.labels().get("io.mesocosm.task-id"))
              .orElseThrow(() -> new AssertionError("container " + launch.id() + " has no task"));
      this.mailbox = Optional.of(mailbox);
    }

    boolean isPresent() {
      return containersById.get(id) == this;
    }

    void tell(AgentCommand command) {
      mailbox.ifPresent(to -> to.accept(command));
    }

    void start() {
      if (!isPresent() || phase != Phase.LAUNCHING) {
        return;
      }
      if (random.nextInt(100) < launchFailurePercent) {
        fail("the image is not there");
        return;
      }
      phase = Phase.RUNNING;
      stubborn = random.nextInt(100) < STUBBORN_PERCENT;
      note("runs");
      world.invariants().containerStarted(host.name(), task);
      tell(new AgentCommand.ContainerStarted(id, started()));
      lives.of(task).ifPresent(life -> host.after(life.lasts(), () -> exit(life.exitCode() << 8)));
    }

    StartedContainer started() {
      return new StartedContainer(id, OptionalLong.empty(), Optional.empty(), Optional.empty());
    }

    void stop(Duration grace) {
      switch (phase) {
        case LAUNCHING ->
            // The launch may be won all the same before this comes.
            host.after(
                step(),
                () -> {
                  if (phase == Phase.LAUNCHING) {
                    fail("the launch was given up");
                  } else {
                    exit(SIGKILL);
                  }
                });
        case RUNNING -> {
          boolean kill = stubborn || grace.isZero();
          host.after(
              kill
                  ? grace.plus(step())
                  : Simulation.between(random, STEP_MIN, grace.plus(STEP_MIN)),
              () -> exit(kill ? SIGKILL : SIGTERM));
        }
        case ENDED -> {
          // has been told, or will be
        }
      }
    }

    private Duration step() {
      return Simulation.between(random, STEP_MIN, STEP_MAX);
    }

    private void fail(String why) {
      if (isPresent()) {
        containersById.remove(id);
        note("failed: " + why);
        tell(new AgentCommand.ContainerFailed(id, why));
      }
    }

    void exit(int waitStatus) {
      if (isPresent() && phase == Phase.RUNNING) {
        phase = Phase.ENDED;
        exit = new ContainerExit(id, waitStatus, false);
        note("exited with " + waitStatus);
        world
            .invariants()
            .containerEnded(host.name(), task, waitStatus != SIGKILL && waitStatus != SIGTERM);
        tell(new AgentCommand.ContainerExited(exit));
      }
    }

    RecoveredContainer recovered() {
      return switch (phase) {
        case RUNNING -> new RecoveredContainer.Running(started());
        case ENDED -> new RecoveredContainer.Ended(exit);
        case LAUNCHING -> {
          containersById.remove(id);
          note("will not start any more");
          yield new RecoveredContainer.NeverStarted(id);
        }
      };
    }

    private void note(String what) {
      world.note(() -> host.name() + ": container " + id + " of " + task + " " + what);
    }
  }

  /**
   * @param mailbox of the agent that asks; told what becomes of it
   */
  void launch(ContainerLaunch launch, Consumer<AgentCommand> mailbox) {
    Container container = new Container(launch, mailbox);
    if (containersById.put(launch.id(), container) != null) {
      throw new AssertionError("container " + launch.id() + " was launched twice");
    }
    host.after(Simulation.between(random, START_MIN, START_MAX), container::start);
  }

  void stop(ContainerId id, Duration grace) {
    Optional.ofNullable(containersById.get(id)).ifPresent(container -> container.stop(grace));
  }

  void destroy(ContainerId id) {
    lost.remove(id);
    Optional.ofNullable(containersById.get(id))
        .filter(container -> container.phase == Phase.ENDED)
        .ifPresent(_ -> containersById.remove(id));
  }

  /** Tells the agent of the end of a container that was found again. */
  void await(ContainerId id, Consumer<AgentCommand> mailbox) {
    Optional.ofNullable(containersById.get(id))
        .ifPresent(container -> {
          container.mailbox = Optional.of(mailbox);
          if (container.phase == Phase.ENDED) {
            container.tell(new AgentCommand.ContainerExited(container.exit));
          }
        });
  }

  /** What has become of those wanted; all others are ended. */
  SortedMap<ContainerId, RecoveredContainer> recover(SortedSet<ContainerId> wanted) {
    SortedMap<ContainerId, RecoveredContainer> found = new TreeMap<>();
    for (Container container : List.copyOf(containersById.values())) {
      if (wanted.contains(container.id)) {
        found.put(container.id, container.recovered());
      } else {
        container.exit(SIGKILL);
        containersById.remove(container.id);
      }
    }
    for (ContainerId id : wanted) {
      if (lost.contains(id)) {
        found.put(id, new RecoveredContainer.Vanished(id, REBOOTED));
      }
    }
    lost.retainAll(wanted);
    return found;
  }

  /** The agent's process has died: nobody listens, and what it was about to start may not. */
  void orphan() {
    for (Container container : List.copyOf(containersById.values())) {
      container.mailbox = Optional.empty();
      if (container.phase == Phase.LAUNCHING && random.nextBoolean()) {
        containersById.remove(container.id);
      }
    }
  }

  /** The machine has died: nothing runs any more. */
  void wipe() {
    for (Container container : containersById.values()) {
      lost.add(container.id);
      if (container.phase == Phase.RUNNING) {
        world.invariants().containerEnded(host.name(), container.task, false);
      }
    }
    containersById.clear();
    world.invariants().machineLost(host.name());
  }

  /** Ends one of those that run as if by itself. */
  void endSome(int which, int exitCode) {
    List<Container> running =
        new ArrayList<>(
            containersById.values().stream().filter(it -> it.phase == Phase.RUNNING).toList());
    if (!running.isEmpty()) {
      running.get(Math.floorMod(which, running.size())).exit(exitCode << 8);
    }
  }

  /** Ends the container of the task, if it runs here. */
  void end(String task, int exitCode) {
    containersById.values().stream()
        .filter(container -> container.task.equals(task))
        .toList()
        .forEach(container -> container.exit(exitCode << 8));
  }

  /** How many of a hundred launches fail. */
  void failLaunches(int percent) {
    launchFailurePercent = percent;
  }

  /** Those that are being started, or run; by id. */
  List<ClusterView.Container> present() {
    return containersById.values().stream()
        .filter(container -> container.phase != Phase.ENDED)
        .map(container ->
            new ClusterView.Container(
                host.name(), container.task, container.phase == Phase.RUNNING))
        .toList();
  }
}

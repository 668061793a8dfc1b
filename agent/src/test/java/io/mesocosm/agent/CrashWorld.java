package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * An agent with all around it: a disk, an engine, a master, an executor. It can be made to crash at
 * any instant, and comes back with nothing but what its disk holds. Checks on the way that nobody
 * outside has seen anything that a crash undid.
 */
final class CrashWorld {
  /** What of the checkpoints that were not answered has reached the disk when the agent crashes. */
  enum Unanswered {
    NONE,
    HALF,
    ALL
  }

  /** What becomes of the running containers while the agent is down. */
  enum Downtime {
    /** They run on. */
    SHORT,
    /** They come to their own end, well. */
    LONG,
    /** The machine is restarted. */
    REBOOT
  }

  /**
   * One way to break down.
   *
   * @param ticks when: each effect that is performed and each command that is handled is one
   */
  record Crash(Set<Integer> ticks, Unanswered unanswered, Downtime downtime, boolean lazyDisk) {}

  private static final class Container {
    final String owner;
    Optional<ContainerExit> exit = Optional.empty();
    boolean awaited = true;

    Container(String owner) {
      this.owner = owner;
    }
  }

  private final Crash crash;
  private final Deque<AgentCommand> inbox = new ArrayDeque<>();
  private final SortedMap<String, CheckpointRecord> disk = new TreeMap<>();
  private final Deque<AgentEffect.Checkpoint> unanswered = new ArrayDeque<>();
  private final Map<AgentTimer, Instant> timers = new java.util.LinkedHashMap<>();
  private final SortedMap<ContainerId, Container> containers = new TreeMap<>();
  private final SortedMap<String, List<TaskStatus>> seen = new TreeMap<>();
  private final SortedSet<String> sent = new TreeSet<>();
  private final SortedSet<String> killed = new TreeSet<>();
  private final SortedMap<String, Long> killsByTask = new TreeMap<>();
  private final SortedSet<String> killsOnRecord = new TreeSet<>();
  private final SortedSet<String> lost = new TreeSet<>();
  private final SortedSet<String> launched = new TreeSet<>();
  private final SortedSet<String> fresh = new TreeSet<>();
  private final SortedSet<String> vanished = new TreeSet<>();
  private final CrashExecutor executor = new CrashExecutor(this);
  private Agent agent;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long link;
  private int lives;
  private int ticks;
  private long asked;
  private long written;
  private int registrations;
  private Optional<String> identity = Optional.empty();
  private boolean retired;
  private boolean leaving;
  private boolean draining;
  private boolean silenced;
  private boolean crashed;
  private boolean stopped;

  CrashWorld(Crash crash) {
    this.crash = crash;
    this.agent = newAgent();
    inbox.add(new AgentCommand.Start());
  }

  private Agent newAgent() {
    lives++;
    AgentConfig config =
        AgentConfig.of(
            AgentInfo.newBuilder().setHostname("node").setPort(5051).build(), "10.0.0.1", "/work");
    return new Agent(config, new SplittableRandom(lives));
  }

  // ------------------------------------------------------------------ the story

  /** Does one thing after another, each once nothing is under way any more; then lets time pass. */
  void play(List<Consumer<CrashWorld>> story) {
    settle();
    for (Consumer<CrashWorld> deed : story) {
      deed.accept(this);
      settle();
    }
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(7));
    }
  }

  int ticks() {
    return ticks;
  }

  boolean wasLaunched(String owner) {
    return launched.contains(owner);
  }

  boolean hasVanished(String owner) {
    return vanished.contains(owner);
  }

  /** The last state that the master was told; absent if none. */
  Optional<TaskState> last(String task) {
    List<TaskStatus> told = seen.getOrDefault(task, List.of());
    return told.isEmpty() ? Optional.empty() : Optional.of(told.getLast().getState());
  }

  void run(TaskInfo... tasks) {
    sendRun(CrashEvents.run(List.of(tasks)));
  }

  void runGroup(String... ids) {
    sendRun(CrashEvents.runGroup(CrashExecutor.ID, ids));
  }

  private void sendRun(LinkEvent event) {
    event.getRunTasks().getTasksList().forEach(task -> sent.add(task.getTaskId().getValue()));
    toAgent(event);
  }

  /** Sends everything once more that was ever sent, as a confused master might. */
  void runAgain(TaskInfo... tasks) {
    toAgent(
        CrashEvents.run(
            Stream.of(tasks).filter(task -> isOpen(task.getTaskId().getValue())).toList()));
  }

  void kill(String task) {
    killed.add(task);
    if (isOpen(task)) {
      toAgent(CrashEvents.kill(task));
    }
  }

  void shutDownFramework() {
    silenced = true;
    toAgent(CrashEvents.shutDownFramework());
  }

  void drain() {
    draining = true;
    toAgent(CrashEvents.drain(draining));
  }

  void reactivate() {
    draining = false;
    toAgent(CrashEvents.drain(draining));
  }

  void retire() {
    retired = true;
    leaving = true;
    silenced = true;
    toAgent(CrashEvents.shutDown());
  }

  void shutDown() {
    leaving = true;
    silenced = true;
    inbox.add(new AgentCommand.Shutdown());
  }

  /** The container of a task or executor ends by itself, if it runs. */
  void exit(String owner, int code) {
    containers.forEach((id, container) -> {
      if (container.owner.equals(owner)) {
        end(id, ContainerExit.exited(id, code));
      }
    });
  }

  CrashExecutor executor() {
    return executor;
  }

  void pass(Duration duration) {
    Instant until = now.plus(duration);
    while (true) {
      Optional<Map.Entry<AgentTimer, Instant>> due =
          timers.entrySet().stream()
              .filter(it -> !it.getValue().isAfter(until))
              .min(Map.Entry.comparingByValue());
      if (due.isEmpty()) {
        break;
      }
      AgentTimer timer = due.get().getKey();
      now = due.get().getValue().isAfter(now) ? due.get().getValue() : now;
      timers.remove(timer);
      inbox.add(new AgentCommand.TimerFired(timer));
      settle();
    }
    now = until;
  }

  /** Until nothing is under way, and the agent is connected or has left. */
  private void settle() {
    while (true) {
      if (!inbox.isEmpty()) {
        step();
      } else if (!unanswered.isEmpty()) {
        inbox.add(new AgentCommand.Checkpointed(unanswered.getLast().number()));
      } else if (timers.containsKey(new AgentTimer.Reconnect())) {
        timers.remove(new AgentTimer.Reconnect());
        inbox.add(new AgentCommand.TimerFired(new AgentTimer.Reconnect()));
      } else {
        return;
      }
    }
  }

  // ------------------------------------------------------------------ the end

  /** Nothing is left over, and everybody knows what has become of each task. */
  void assertAllAccountedFor() {
    for (String task : sent) {
      boolean known = last(task).filter(TaskStates::isTerminal).isPresent();
      assertThat(known || lost.contains(task) || silenced)
          .as("task %s ends for its scheduler; it was told %s", task, states(task))
          .isTrue();
    }
    assertThat(containers.values().stream().map(it -> it.owner).toList())
        .as("containers left")
        .isEmpty();
    assertThat(disk.keySet()).isSubsetOf("agent");
    if (leaving && stopped) {
      assertThat(disk).isEmpty();
    }
  }

  private List<TaskState> states(String task) {
    return seen.getOrDefault(task, List.of()).stream().map(TaskStatus::getState).toList();
  }

  // ------------------------------------------------------------------ one step

  private void step() {
    AgentCommand command = inbox.removeFirst();
    if (command instanceof AgentCommand.Checkpointed(long number)) {
      while (!unanswered.isEmpty() && unanswered.getFirst().number() <= number) {
        write(unanswered.removeFirst());
      }
    }
    List<AgentEffect> effects = agent.handle(command, now);
    AgentStory.all(effects, AgentEffect.Checkpoint.class).forEach(it -> asked = it.number());
    if (command instanceof AgentCommand.LinkEventArrived(long _, LinkEvent event)
        && event.getType() == LinkEvent.Type.KILL_TASK) {
      killsByTask.put(event.getKillTask().getTaskId().getValue(), asked);
    }
    if (tick()) {
      return;
    }
    for (AgentEffect effect : effects) {
      perform(effect);
      if (tick()) {
        return;
      }
    }
  }

  private boolean tick() {
    ticks++;
    boolean now = crash.ticks().contains(ticks);
    if (now) {
      crash();
    }
    return now;
  }

  private void write(AgentEffect.Checkpoint checkpoint) {
    written = checkpoint.number();
    checkpoint
        .changes()
        .forEach((name, record) ->
            record.ifPresentOrElse(it -> disk.put(name, it), () -> disk.remove(name)));
  }

  private void crash() {
    crashed = true;
    int kept =
        switch (crash.unanswered()) {
          case NONE -> 0;
          case HALF -> (unanswered.size() + 1) / 2;
          case ALL -> unanswered.size();
        };
    for (int i = 0; i < kept; i++) {
      write(unanswered.removeFirst());
    }
    killsByTask.forEach((task, number) -> {
      if (number <= written) {
        killsOnRecord.add(task);
      }
    });
    killsByTask.clear();
    asked = 0;
    written = 0;
    unanswered.clear();
    inbox.clear();
    timers.clear();
    executor.streamBroke();
    containers.values().forEach(it -> it.awaited = false);
    switch (crash.downtime()) {
      case SHORT -> {}
      case LONG -> containers.forEach((id, it) -> end(id, ContainerExit.exited(id, 0)));
      case REBOOT -> containers.values().forEach(it -> vanished.add(it.owner));
    }
    if (stopped) {
      return;
    }
    inbox.add(recover());
    inbox.add(new AgentCommand.Start());
    agent = newAgent();
    executor.returnIfRunning();
    if (leaving && !retired) {
      inbox.add(new AgentCommand.Shutdown());
    }
  }

  private AgentCommand.Recover recover() {
    SortedSet<ContainerId> wanted = CheckpointedContainers.wanted(disk.values());
    SortedMap<ContainerId, RecoveredContainer> found = new TreeMap<>();
    for (ContainerId id : wanted) {
      Container container = containers.get(id);
      if (container == null) {
        // Engines may say so or say nothing.
        if (id.value().charAt(0) % 2 == 0) {
          found.put(id, new RecoveredContainer.NeverStarted(id));
        }
      } else if (crash.downtime() == Downtime.REBOOT) {
        found.put(id, new RecoveredContainer.Vanished(id, "the machine was restarted"));
      } else if (container.exit.isPresent()) {
        found.put(id, new RecoveredContainer.Ended(container.exit.get()));
      } else {
        found.put(id, new RecoveredContainer.Running(startedContainer(id)));
      }
    }
    if (crash.downtime() == Downtime.REBOOT) {
      containers.clear();
      executor.stop();
    }
    containers.forEach((id, container) ->
        assertThat(wanted.contains(id) || container.exit.isPresent())
            .as("the running container of %s is on record", container.owner)
            .isTrue());
    containers.keySet().retainAll(wanted);
    return new AgentCommand.Recover(disk, found);
  }

  private void perform(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.Connect(long number, LinkCall subscribe) -> connect(number, subscribe);
      case AgentEffect.Disconnect(long number, String _) -> link = number == link ? 0 : link;
      case AgentEffect.SendToMaster(long number, LinkCall call) -> {
        if (number == link) {
          hear(call);
        }
      }
      case AgentEffect.LaunchContainer(ContainerLaunch launch) -> launch(launch);
      case AgentEffect.StopContainer(ContainerId id, Duration _) -> {
        if (containers.containsKey(id)) {
          end(id, new ContainerExit(id, 15, false));
        }
      }
      case AgentEffect.DestroyContainer(ContainerId id) -> {
        Container container = containers.remove(id);
        assertThat(container == null || container.exit.isPresent()).isTrue();
      }
      case AgentEffect.AwaitContainer(ContainerId id) -> {
        container(id).awaited = true;
        container(id).exit.ifPresent(it -> inbox.add(new AgentCommand.ContainerExited(it)));
      }
      case AgentEffect.Checkpoint checkpoint -> {
        unanswered.add(checkpoint);
        if (!crash.lazyDisk()) {
          inbox.add(new AgentCommand.Checkpointed(checkpoint.number()));
        }
      }
      case AgentEffect.AnswerExecutor(long request, ExecutorAnswer answer) ->
          executor.answered(request, answer);
      case AgentEffect.SendToExecutor(long stream, var event) -> executor.hear(stream, event);
      case AgentEffect.CloseExecutorStream(long stream) -> executor.closed(stream);
      case AgentEffect.SetTimer(AgentTimer timer, Instant at) -> timers.put(timer, at);
      case AgentEffect.CancelTimer(AgentTimer timer) -> timers.remove(timer);
      case AgentEffect.Store store -> inbox.add(new AgentCommand.Stored(store.number()));
      case AgentEffect.StartChecks _, AgentEffect.StopChecks _ -> {}
      case AgentEffect.Stopped() -> stopped = true;
    }
  }

  // ------------------------------------------------------------------ engine

  private void launch(ContainerLaunch launch) {
    String owner =
        Optional.ofNullable(launch.labels().get("io.mesocosm.task-id")).orElse(CrashExecutor.ID);
    if (owner.equals(CrashExecutor.ID)) {
      assertThat(runs(owner)).as("another run of executor %s", owner).isFalse();
    } else {
      assertThat(launched).as("tasks that were launched").doesNotContain(owner);
    }
    launched.add(owner);
    assertThat(lost).as("tasks given up for lost").doesNotContain(owner);
    ContainerId id = launch.id();
    containers.put(id, new Container(owner));
    inbox.add(new AgentCommand.ContainerStarted(id, startedContainer(id)));
    if (owner.equals(CrashExecutor.ID)) {
      executor.start();
    }
  }

  private Container container(ContainerId id) {
    return Optional.ofNullable(containers.get(id)).orElseThrow();
  }

  private static StartedContainer startedContainer(ContainerId id) {
    return new StartedContainer(id, OptionalLong.of(77), Optional.empty(), Optional.empty());
  }

  void end(ContainerId id, ContainerExit exit) {
    Container container = container(id);
    if (container.exit.isEmpty()) {
      container.exit = Optional.of(exit);
      if (container.owner.equals(CrashExecutor.ID)) {
        executor.stop();
      }
      if (container.awaited) {
        inbox.add(new AgentCommand.ContainerExited(exit));
      }
    }
  }

  boolean runs(String owner) {
    return containers.values().stream().anyMatch(it -> it.owner.equals(owner) && it.exit.isEmpty());
  }

  void toAgent(AgentCommand command) {
    inbox.add(command);
  }

  // ------------------------------------------------------------------ master

  private void toAgent(LinkEvent event) {
    inbox.add(new AgentCommand.LinkEventArrived(link, event));
  }

  private void connect(long number, LinkCall call) {
    link = number;
    Optional<String> claimed =
        call.hasAgentId() ? Optional.of(call.getAgentId().getValue()) : Optional.empty();
    if (claimed.isEmpty() && leaving) {
      identity = Optional.empty();
    }
    identity.ifPresent(spoken ->
        assertThat(claimed).as("the id of an agent that has spoken under it").contains(spoken));
    registrations++;
    inbox.add(new AgentCommand.LinkOpened(number));
    if (retired && claimed.isPresent() && !fresh.contains(claimed.get())) {
      toAgent(CrashEvents.shutDown());
      return;
    }
    if (retired && claimed.isEmpty()) {
      fresh.add("master-S" + registrations);
    }
    toAgent(CrashEvents.subscribed(claimed.orElse("master-S" + registrations)));
    SortedSet<String> reported = new TreeSet<>();
    call.getSubscribe()
        .getTasksList()
        .forEach(task -> reported.add(task.getTask().getTaskId().getValue()));
    for (String task : reported) {
      assertThat(lost).as("tasks given up for lost").doesNotContain(task);
    }
    for (String task : sent) {
      if (isOpen(task) && !reported.contains(task) && !silenced) {
        assertThat(seen).as("tasks that were told of").doesNotContainKey(task);
        assertThat(launched).as("tasks that were launched").doesNotContain(task);
        lost.add(task);
      }
    }
    // What the agent has taken to heart it needs not be told again.
    killed.stream()
        .filter(this::isOpen)
        .filter(task -> !killsOnRecord.contains(task))
        .forEach(task -> toAgent(CrashEvents.kill(task)));
    if (silenced && !leaving) {
      toAgent(CrashEvents.shutDownFramework());
    }
    toAgent(CrashEvents.drain(draining));
  }

  private boolean isOpen(String task) {
    return sent.contains(task)
        && !lost.contains(task)
        && last(task).filter(TaskStates::isTerminal).isEmpty();
  }

  private void hear(LinkCall call) {
    identity = Optional.of(call.getAgentId().getValue());
    if (call.getType() == LinkCall.Type.UPDATE) {
      hear(call.getUpdate().getStatus());
    }
  }

  private void hear(TaskStatus status) {
    String task = status.getTaskId().getValue();
    List<TaskStatus> told = seen.computeIfAbsent(task, _ -> new ArrayList<>());
    List<ByteString> uuids = told.stream().map(TaskStatus::getUuid).toList();
    boolean repeated = !uuids.isEmpty() && uuids.getLast().equals(status.getUuid());
    assertThat(lost).as("tasks given up for lost").doesNotContain(task);
    if (!repeated) {
      assertThat(uuids).as("updates of %s before the last", task).doesNotContain(status.getUuid());
      assertThat(last(task).filter(TaskStates::isTerminal))
          .as("%s after a terminal state of %s", status.getState(), task)
          .isEmpty();
      told.add(status);
    } else {
      assertThat(told.getLast()).isEqualTo(status);
    }
    toAgent(CrashEvents.acknowledged(status));
  }

  boolean hasCrashed() {
    return crashed;
  }

  List<String> launchedOwners() {
    return launched.stream().sorted(Comparator.naturalOrder()).toList();
  }
}

package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;

/** An agent, its clock, and words to tell it things in. Each word returns the effects. */
final class AgentStory {
  static final String FRAMEWORK = "master-0000";
  static final String AGENT = "master-S0";

  final Agent agent;
  final SortedMap<String, CheckpointRecord> disk = new TreeMap<>();
  // What the agent wanted at once when it was started again.
  List<AgentEffect> recovered = List.of();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  long link;

  AgentStory() {
    this(AgentInfo.newBuilder().setHostname("node").setPort(5051).build(), StoredState.NONE);
  }

  /** An agent with resources, and with what an earlier one left behind. */
  AgentStory(AgentInfo info, StoredState stored) {
    AgentConfig config = AgentConfig.of(info, "10.0.0.1", "/work").withStored(stored);
    agent = new Agent(config, new SplittableRandom(1));
  }

  private AgentStory(AgentStory earlier) {
    AgentConfig config =
        AgentConfig.of(
            AgentInfo.newBuilder().setHostname("node").setPort(5051).build(), "10.0.0.1", "/work");
    agent = new Agent(config, new SplittableRandom(2));
    now = earlier.now;
    disk.putAll(earlier.disk);
  }

  /** The same agent, started again with what is on disk and what its engines have found. */
  AgentStory restart(RecoveredContainer... containers) {
    AgentStory story = new AgentStory(this);
    SortedMap<ContainerId, RecoveredContainer> found = new TreeMap<>();
    for (RecoveredContainer container : containers) {
      found.put(container.id(), container);
    }
    story.recovered = story.handle(new AgentCommand.Recover(disk, found));
    story.handle(new AgentCommand.Start());
    return story;
  }

  /** What is on disk under a name, which must be there. */
  CheckpointRecord record(String name) {
    return Optional.ofNullable(disk.get(name)).orElseThrow();
  }

  static StartedContainer container(ContainerId id) {
    return new StartedContainer(id, OptionalLong.of(77), Optional.empty(), Optional.empty());
  }

  static RecoveredContainer running(ContainerId id) {
    return new RecoveredContainer.Running(container(id));
  }

  /** An agent that the master has just registered. */
  static AgentStory registered() {
    AgentStory story = new AgentStory();
    story.handle(new AgentCommand.Start());
    story.connect();
    story.subscribed(AGENT);
    return story;
  }

  /** On a disk that is done at once: what waits for a checkpoint comes along. */
  List<AgentEffect> handle(AgentCommand command) {
    List<AgentEffect> effects = new ArrayList<>();
    for (AgentEffect effect : agent.handle(command, now)) {
      if (effect instanceof AgentEffect.Checkpoint checkpoint) {
        checkpoint
            .changes()
            .forEach((name, record) ->
                record.ifPresentOrElse(it -> disk.put(name, it), () -> disk.remove(name)));
        effects.addAll(agent.handle(new AgentCommand.Checkpointed(checkpoint.number()), now));
      } else {
        effects.add(effect);
      }
    }
    return effects;
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  List<AgentEffect> connect() {
    List<AgentEffect> effects = handle(new AgentCommand.TimerFired(new AgentTimer.Reconnect()));
    link = only(effects, AgentEffect.Connect.class).link();
    handle(new AgentCommand.LinkOpened(link));
    return effects;
  }

  List<AgentEffect> subscribed(String agentId) {
    LinkEvent.Subscribed subscribed =
        LinkEvent.Subscribed.newBuilder()
            .setAgentId(AgentID.newBuilder().setValue(agentId))
            .setPingIntervalSeconds(15)
            .setPingsMissedMax(5)
            .build();
    return event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SUBSCRIBED)
            .setSubscribed(subscribed)
            .build());
  }

  List<AgentEffect> event(LinkEvent event) {
    return handle(new AgentCommand.LinkEventArrived(link, event));
  }

  List<AgentEffect> run(FrameworkInfo framework, TaskInfo... tasks) {
    return event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.RUN_TASKS)
            .setRunTasks(
                LinkEvent.RunTasks.newBuilder()
                    .setFrameworkInfo(framework)
                    .addAllTasks(List.of(tasks)))
            .build());
  }

  List<AgentEffect> runGroup(TaskInfo... tasks) {
    return runGroupWith(List.of(), tasks);
  }

  /**
   * @param resources of the group's executor
   */
  List<AgentEffect> runGroupWith(List<Resource> resources, TaskInfo... tasks) {
    ExecutorInfo executor =
        ExecutorInfo.newBuilder()
            .setType(ExecutorInfo.Type.DEFAULT)
            .setExecutorId(ExecutorID.newBuilder().setValue("pod"))
            .addAllResources(resources)
            .build();
    return event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.RUN_TASKS)
            .setRunTasks(
                LinkEvent.RunTasks.newBuilder()
                    .setFrameworkInfo(framework())
                    .setExecutor(executor)
                    .addAllTasks(List.of(tasks)))
            .build());
  }

  /** Runs a task up to its container's start, with nothing left to acknowledge. */
  ContainerId running(TaskInfo task) {
    return running(framework(), task);
  }

  ContainerId running(FrameworkInfo framework, TaskInfo task) {
    List<AgentEffect> launched = run(framework, task);
    ContainerId id = launch(launched).id();
    acknowledge(onlyStatus(launched));
    acknowledge(onlyStatus(started(id)));
    return id;
  }

  List<AgentEffect> started(ContainerId id) {
    return handle(new AgentCommand.ContainerStarted(id, container(id)));
  }

  List<AgentEffect> exited(ContainerId id, int exitCode) {
    return handle(new AgentCommand.ContainerExited(ContainerExit.exited(id, exitCode)));
  }

  List<AgentEffect> signaled(ContainerId id, int signal) {
    return handle(new AgentCommand.ContainerExited(new ContainerExit(id, signal, false)));
  }

  List<AgentEffect> kill(String taskId) {
    return event(killEvent(taskId).build());
  }

  List<AgentEffect> kill(String taskId, Duration grace) {
    LinkEvent.Builder event = killEvent(taskId);
    event.getKillTaskBuilder().setKillPolicy(policy(grace));
    return event(event.build());
  }

  List<AgentEffect> shutDownFramework() {
    return event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN_FRAMEWORK)
            .setShutdownFramework(
                LinkEvent.ShutdownFramework.newBuilder()
                    .setFrameworkId(FrameworkID.newBuilder().setValue(FRAMEWORK)))
            .build());
  }

  List<AgentEffect> acknowledge(TaskStatus status) {
    return acknowledge(status.getTaskId().getValue(), status.getUuid());
  }

  List<AgentEffect> acknowledge(String taskId, ByteString uuid) {
    return event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_ACKNOWLEDGED)
            .setUpdateAcknowledged(
                LinkEvent.UpdateAcknowledged.newBuilder()
                    .setFrameworkId(FrameworkID.newBuilder().setValue(FRAMEWORK))
                    .setTaskId(TaskID.newBuilder().setValue(taskId))
                    .setUuid(uuid))
            .build());
  }

  private static LinkEvent.Builder killEvent(String taskId) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.KILL_TASK)
        .setKillTask(
            LinkEvent.KillTask.newBuilder()
                .setFrameworkId(FrameworkID.newBuilder().setValue(FRAMEWORK))
                .setTaskId(TaskID.newBuilder().setValue(taskId)));
  }

  static KillPolicy policy(Duration grace) {
    return KillPolicy.newBuilder()
        .setGracePeriod(DurationInfo.newBuilder().setNanoseconds(grace.toNanos()))
        .build();
  }

  static FrameworkInfo framework() {
    return FrameworkInfo.newBuilder()
        .setId(FrameworkID.newBuilder().setValue(FRAMEWORK))
        .setName("framework")
        .setUser("nobody")
        .build();
  }

  static FrameworkInfo frameworkThatKnowsKilling() {
    return framework().toBuilder()
        .addCapabilities(
            FrameworkInfo.Capability.newBuilder()
                .setType(FrameworkInfo.Capability.Type.TASK_KILLING_STATE))
        .build();
  }

  static TaskInfo task(String id) {
    return TaskInfo.newBuilder()
        .setName(id)
        .setTaskId(TaskID.newBuilder().setValue(id))
        .setAgentId(AgentID.newBuilder().setValue(AGENT))
        .setCommand(CommandInfo.newBuilder().setValue("sleep 1"))
        .addResources(scalar("cpus", 0.5))
        .addResources(scalar("mem", 64))
        .build();
  }

  static TaskInfo dockerTask(String id, ContainerInfo.DockerInfo.Builder docker) {
    return task(id).toBuilder()
        .setContainer(
            ContainerInfo.newBuilder().setType(ContainerInfo.Type.DOCKER).setDocker(docker))
        .build();
  }

  static Resource scalar(String name, double amount) {
    return Resource.newBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(amount))
        .build();
  }

  static <E extends AgentEffect> List<E> all(List<AgentEffect> effects, Class<E> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  static <E extends AgentEffect> E only(List<AgentEffect> effects, Class<E> type) {
    List<E> found = all(effects, type);
    assertThat(found).as("effects of type %s among %s", type, effects).hasSize(1);
    return found.getFirst();
  }

  static ContainerLaunch launch(List<AgentEffect> effects) {
    return only(effects, AgentEffect.LaunchContainer.class).launch();
  }

  static List<TaskStatus> statuses(List<AgentEffect> effects) {
    List<TaskStatus> statuses = new ArrayList<>();
    for (AgentEffect.SendToMaster send : all(effects, AgentEffect.SendToMaster.class)) {
      if (send.call().getType() == LinkCall.Type.UPDATE) {
        statuses.add(send.call().getUpdate().getStatus());
      }
    }
    return statuses;
  }

  static TaskStatus onlyStatus(List<AgentEffect> effects) {
    List<TaskStatus> statuses = statuses(effects);
    assertThat(statuses).as("statuses among %s", effects).hasSize(1);
    return statuses.getFirst();
  }
}

package io.mesocosm.agent;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.runtime.Core;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The core of an agent: registers with the master, runs the tasks that it is given, and tells what
 * becomes of them.
 *
 * <p>It keeps nothing across restarts: a started agent is a new agent. Command tasks and task
 * groups are carried out without an executor process; tasks with an executor of their own are
 * refused.
 */
public final class Agent implements Core<AgentCommand, AgentEffect> {
  private static final int PROTOCOL_VERSION = 1;

  private final AgentConfig config;
  private final Effects effects = new Effects();
  private final Tally tally = new Tally();
  private final Frameworks frameworks = new Frameworks();
  private final RandomIds ids;
  private final Registration registration;
  private final StatusUpdates updates;
  private final Launches launches;
  private final Tasks tasks;
  private boolean stopping;
  private boolean stopped;
  private Optional<AgentSnapshot> snapshot = Optional.empty();

  /**
   * @param random draws container ids, update ids and back-offs
   */
  public Agent(AgentConfig config, RandomGenerator random) {
    this.config = config;
    this.ids = new RandomIds(random);
    this.registration = new Registration(config.registrationBackoffFactor(), random, effects);
    this.updates = new StatusUpdates(registration, effects);
    this.launches = new Launches(config);
    this.tasks =
        new Tasks(
            config,
            frameworks,
            launches,
            new Statuses(config, registration, ids),
            updates,
            tally,
            effects);
  }

  @Override
  public List<AgentEffect> handle(AgentCommand command, Instant now) {
    snapshot = Optional.empty();
    switch (command) {
      case AgentCommand.Start() -> registration.waitToConnect(now);
      case AgentCommand.MasterDetected() -> registration.masterDetected(now);
      case AgentCommand.LinkOpened(long link) -> {
        if (registration.isCurrent(link)) {
          registration.heard(now);
        }
      }
      case AgentCommand.LinkEventArrived(long link, LinkEvent event) -> {
        if (registration.isCurrent(link)) {
          registration.heard(now);
          handleEvent(event, now);
        }
      }
      case AgentCommand.LinkClosed(long link, String _) -> {
        if (registration.isCurrent(link)) {
          updates.pause();
          registration.closed(now);
        }
      }
      case AgentCommand.ContainerStarted(var id, var container) ->
          tasks.started(id, container, now);
      case AgentCommand.ContainerFailed(var id, String message) -> tasks.failed(id, message, now);
      case AgentCommand.ContainerExited(var exit) -> tasks.exited(exit, now);
      case AgentCommand.HealthReported(var id, boolean healthy, String message) ->
          tasks.healthReported(id, healthy, message, now);
      case AgentCommand.TimerFired(AgentTimer timer) -> handleTimer(timer, now);
      case AgentCommand.Shutdown() -> {
        stopping = true;
        tasks.silence(_ -> true, config.stopGrace(), now);
      }
    }
    finishIfQuiet(now);
    return effects.drain();
  }

  /** All of the agent as of the last command. To be called by whoever steps the core. */
  public AgentSnapshot snapshot() {
    AgentSnapshot taken =
        snapshot.orElseGet(() ->
            new AgentSnapshot(
                registration.agentId(),
                registration.isRegistered(),
                frameworks.snapshots(),
                frameworks.completedSnapshots(),
                tally.snapshot(registration.registrations())));
    snapshot = Optional.of(taken);
    return taken;
  }

  private void handleEvent(LinkEvent event, Instant now) {
    switch (event.getType()) {
      case SUBSCRIBED -> subscribed(event.getSubscribed(), now);
      case RUN_TASKS -> runTasks(event.getRunTasks(), now);
      case KILL_TASK -> {
        LinkEvent.KillTask kill = event.getKillTask();
        tasks.kill(
            key(kill.getFrameworkId().getValue(), kill.getTaskId().getValue()),
            kill.hasKillPolicy() ? Optional.of(kill.getKillPolicy()) : Optional.empty(),
            now);
      }
      case UPDATE_ACKNOWLEDGED -> acknowledged(event.getUpdateAcknowledged(), now);
      case SHUTDOWN_FRAMEWORK -> {
        FrameworkId id = new FrameworkId(event.getShutdownFramework().getFrameworkId().getValue());
        tasks.silence(
            key -> key.frameworkId().equals(id), config.executorShutdownGracePeriod(), now);
      }
      case PING -> registration.send(LinkCall.newBuilder().setType(LinkCall.Type.PONG).build());
      case SHUTDOWN -> retire(event.getShutdown().getMessage(), now);
      case UNKNOWN -> {
        // A newer master says something that this version does not know: not for us.
      }
    }
  }

  private void handleTimer(AgentTimer timer, Instant now) {
    switch (timer) {
      case AgentTimer.Reconnect() -> {
        if (registration.isWaiting()) {
          registration.connect(subscribe(), now);
        }
      }
      case AgentTimer.LinkSilence() -> {
        if (registration.checkSilence(now)) {
          updates.pause();
        }
      }
      case AgentTimer.ResendUpdate(FrameworkId frameworkId, TaskId taskId) ->
          updates.resendDue(new TaskKey(frameworkId, taskId), now);
      case AgentTimer.CompletionOverdue(ContainerId containerId) ->
          tasks.completionOverdue(containerId, now);
    }
  }

  private void subscribed(LinkEvent.Subscribed subscribed, Instant now) {
    if (registration.subscribed(subscribed, now)) {
      updates.resume(now);
    } else {
      retire("the master took this agent for another one", now);
    }
  }

  private void retire(String reason, Instant now) {
    updates.pause();
    registration.retire(reason);
    tasks.silence(_ -> true, config.executorShutdownGracePeriod(), now);
  }

  private void finishIfQuiet(Instant now) {
    if (stopped || !tasks.isQuiet()) {
      return;
    }
    if (stopping) {
      stopped = true;
      registration.leave();
      effects.add(new AgentEffect.Stopped());
    } else if (registration.isRetiring()) {
      registration.waitToConnect(now);
    }
  }

  private LinkCall subscribe() {
    AgentInfo.Builder info = config.agentInfo().toBuilder();
    LinkCall.Subscribe.Builder subscribe =
        LinkCall.Subscribe.newBuilder()
            .setProtocolVersion(PROTOCOL_VERSION)
            .setVersion(config.version())
            .addAllCapabilities(AgentConfig.CAPABILITIES);
    LinkCall.Builder call = LinkCall.newBuilder().setType(LinkCall.Type.SUBSCRIBE);
    registration
        .agentId()
        .ifPresent(id -> {
          AgentID message = AgentID.newBuilder().setValue(id.value()).build();
          info.setId(message);
          call.setAgentId(message);
          subscribe.addAllTasks(tasks.running()).addAllFrameworks(frameworks.infos());
        });
    return call.setSubscribe(subscribe.setAgentInfo(info)).build();
  }

  private void runTasks(LinkEvent.RunTasks run, Instant now) {
    Optional<AgentId> agentId = registration.agentId();
    FrameworkId frameworkId = new FrameworkId(run.getFrameworkInfo().getId().getValue());
    List<TaskKey> keys =
        run.getTasksList().stream()
            .map(task -> key(frameworkId.value(), task.getTaskId().getValue()))
            .toList();
    // Delivered twice, or while nothing may start any more: the master will know by our silence.
    if (agentId.isEmpty()
        || stopping
        || keys.isEmpty()
        || keys.stream().anyMatch(tasks::contains)) {
      return;
    }
    frameworks.put(frameworkId, run.getFrameworkInfo());
    List<Task> together = new ArrayList<>();
    Optional<Executor> group =
        run.hasExecutor()
            ? Optional.of(groupExecutor(frameworkId, run.getExecutor(), agentId.get()))
            : Optional.empty();
    for (TaskInfo info : run.getTasksList()) {
      together.add(
          group
              .map(executor -> groupTask(executor, info, keys))
              .orElseGet(() -> commandTask(frameworkId, info, agentId.get())));
    }
    tasks.launch(together, run.getFrameworkInfo(), agentId.get(), now);
  }

  private Task commandTask(FrameworkId frameworkId, TaskInfo info, AgentId agentId) {
    ContainerId containerId = ids.containerId();
    String id = info.getTaskId().getValue();
    String sandbox =
        launches.executorDirectory(agentId, frameworkId.value(), id, containerId.value());
    Executor executor = Executor.ofCommand(frameworkId, info, containerId, sandbox);
    frameworks.add(executor);
    return new Task(key(frameworkId.value(), id), info, executor, containerId, sandbox, List.of());
  }

  private Task groupTask(Executor executor, TaskInfo info, List<TaskKey> group) {
    ContainerId containerId = ids.containerId();
    String sandbox = executor.directory() + "/containers/" + containerId.value();
    return new Task(
        key(executor.frameworkId().value(), info.getTaskId().getValue()),
        info,
        executor,
        containerId,
        sandbox,
        group);
  }

  /** Further groups may come to an executor that still has tasks (P3). */
  private Executor groupExecutor(FrameworkId frameworkId, ExecutorInfo info, AgentId agentId) {
    ExecutorId id = new ExecutorId(info.getExecutorId().getValue());
    Optional<Executor> present = frameworks.findExecutor(frameworkId, id);
    if (present.isPresent()) {
      return present.get();
    }
    ContainerId containerId = ids.containerId();
    Executor executor =
        Executor.ofGroups(
            frameworkId,
            info,
            containerId,
            launches.executorDirectory(
                agentId, frameworkId.value(), id.value(), containerId.value()));
    frameworks.add(executor);
    return executor;
  }

  private void acknowledged(LinkEvent.UpdateAcknowledged acknowledgement, Instant now) {
    TaskKey key =
        key(acknowledgement.getFrameworkId().getValue(), acknowledgement.getTaskId().getValue());
    Optional<TaskStatus> status = updates.acknowledge(key, acknowledgement.getUuid(), now);
    if (status.isPresent()) {
      tally.validAcknowledgements++;
      tasks.acknowledged(key, status.get());
    } else {
      tally.invalidAcknowledgements++;
    }
  }

  private static TaskKey key(String frameworkId, String taskId) {
    return new TaskKey(new FrameworkId(frameworkId), new TaskId(taskId));
  }
}

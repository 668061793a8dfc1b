package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.runtime.Core;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The core of an agent: registers with the master, runs the tasks that it is given, and tells what
 * becomes of them.
 *
 * <p>Everything that has to survive a crash is written down before anybody outside can know of it
 * ({@link AgentEffect.Checkpoint}); an agent that is started again goes on where it was. Command
 * tasks and task groups are carried out without an executor process; executors that frameworks
 * bring run as containers and speak the executor API.
 */
public final class Agent implements Core<AgentCommand, AgentEffect> {
  private static final int PROTOCOL_VERSION = 1;

  private final AgentConfig config;
  private final Effects effects = new Effects();
  private final Tally tally = new Tally();
  private final Frameworks frameworks;
  private final RandomIds ids;
  private final Registration registration;
  private final StatusUpdates updates;
  private final Changes changes = new Changes();
  private final Draining draining = new Draining(changes);
  private final TaskBook book;
  private final Tasks tasks;
  private final Executors executors;
  private final ExecutorCalls executorCalls;
  private final Operations operations;
  private final Arrivals arrivals;
  private final Recovery recovery;
  private final Checkpointing checkpointing;
  private final OutputCommit outputCommit = new OutputCommit();
  // What came while an operation was being written down, in order.
  private final Deque<LinkEvent> backlog = new ArrayDeque<>();
  private boolean started;
  private boolean stopping;
  private boolean stopped;
  private Optional<AgentSnapshot> snapshot = Optional.empty();

  /**
   * @param random draws container ids, update ids and back-offs
   */
  public Agent(AgentConfig config, RandomGenerator random) {
    this(config, random, ExecutorTokens.NONE);
  }

  /**
   * @param random draws container ids, update ids and back-offs
   * @param tokens for executors that have to authenticate
   */
  public Agent(AgentConfig config, RandomGenerator random, ExecutorTokens tokens) {
    this.config = config;
    this.frameworks = new Frameworks(config.completedExecutorsMax(), changes);
    this.ids = new RandomIds(random);
    this.registration = new Registration(config, random, changes, effects);
    this.updates = new StatusUpdates(registration, changes, effects);
    Launches launches = new Launches(config, tokens);
    Statuses statuses = new Statuses(config, registration, ids);
    this.book = new TaskBook(frameworks, registration, updates, draining, tally, changes);
    this.tasks = new Tasks(config, frameworks, launches, statuses, book, draining, tally, effects);
    this.executors =
        new Executors(
            config, frameworks, launches, statuses, book, draining, registration, tally, effects);
    this.executorCalls =
        new ExecutorCalls(
            config, frameworks, executors, statuses, book, registration, tally, effects);
    this.operations =
        new Operations(config, registration, new VolumePlan(config, frameworks), ids, effects);
    this.arrivals =
        new Arrivals(
            frameworks, launches, statuses, book, tasks, executors, draining, tally, ids, changes);
    this.recovery =
        new Recovery(registration, frameworks, updates, draining, book, tasks, executors, changes);
    this.checkpointing =
        new Checkpointing(config, registration, frameworks, book, updates, draining, changes);
  }

  @Override
  public List<AgentEffect> handle(AgentCommand command, Instant now) {
    snapshot = Optional.empty();
    List<AgentEffect> outgoing = new ArrayList<>();
    if (command instanceof AgentCommand.Checkpointed(long number)) {
      outgoing.addAll(outputCommit.checkpointed(number));
    } else {
      carryOut(command, now);
      finishIfQuiet(now);
    }
    outgoing.addAll(outputCommit.pass(checkpointing.changed(), effects.drain()));
    return List.copyOf(outgoing);
  }

  private void carryOut(AgentCommand command, Instant now) {
    switch (command) {
      case AgentCommand.Recover(var records, var containers) -> {
        checkpointing.restore(records);
        recovery.run(records, containers, now);
      }
      case AgentCommand.Checkpointed(long number) ->
          throw new IllegalStateException("checkpoint " + number + " changes nothing here");
      case AgentCommand.Start() -> start(now);
      case AgentCommand.MasterDetected() -> registration.masterDetected(now);
      case AgentCommand.LinkOpened(long link) -> {
        if (registration.isCurrent(link)) {
          registration.heard(now);
        }
      }
      case AgentCommand.LinkEventArrived(long link, LinkEvent event) -> {
        if (registration.isCurrent(link)) {
          registration.heard(now);
          receive(event, now);
        }
      }
      case AgentCommand.LinkClosed(long link, String _) -> {
        if (registration.isCurrent(link)) {
          pause();
          registration.closed(now);
        }
      }
      // Each of the two leaves the other's containers alone.
      case AgentCommand.ContainerStarted(var id, var container) -> {
        executors.started(container);
        tasks.started(id, container, now);
      }
      case AgentCommand.ContainerFailed(var id, String message) -> {
        executors.failed(id, message, now);
        tasks.failed(id, message, now);
      }
      case AgentCommand.ContainerExited(var exit) -> {
        executors.exited(exit, now);
        tasks.exited(exit, now);
      }
      case AgentCommand.ExecutorCall executorCall -> handle(executorCall, now);
      case AgentCommand.ExecutorStreamClosed(long stream) -> executorCalls.closed(stream);
      case AgentCommand.Stored(long number) -> {
        operations.stored(number, now);
        catchUp(now);
      }
      case AgentCommand.StoreFailed(long number, String message) -> {
        operations.storeFailed(number, message, now);
        catchUp(now);
      }
      case AgentCommand.ProbeReported(var id, var purpose, var result) ->
          tasks.probeReported(id, purpose, result, now);
      case AgentCommand.TimerFired(AgentTimer timer) -> handleTimer(timer, now);
      case AgentCommand.Shutdown() -> shutDown(now);
    }
  }

  private void start(Instant now) {
    started = true;
    if (!registration.isRetiring()) {
      registration.waitToConnect(now);
    }
  }

  private void handle(AgentCommand.ExecutorCall asked, Instant now) {
    if (started) {
      executorCalls.handle(asked.request(), asked.call(), asked.claimed(), now);
    } else {
      executorCalls.refuseEarly(asked.request());
    }
  }

  private void shutDown(Instant now) {
    stopping = true;
    backlog.clear();
    abandon(now);
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
                operations.total(),
                operations.unacknowledged(),
                draining.snapshot(),
                tally.snapshot(registration.registrations())));
    snapshot = Optional.of(taken);
    return taken;
  }

  /** What a master may not say must not end the agent; the link's shell logs it. */
  private void receive(LinkEvent event, Instant now) {
    Optional<String> problem = LinkEventRules.problem(event);
    if (problem.isPresent() && event.getType() == LinkEvent.Type.SUBSCRIBED) {
      pause();
      registration.giveUp("the master gave a bad " + problem.get(), now);
    } else if (problem.isEmpty() || event.getType() == LinkEvent.Type.RUN_TASKS) {
      handleEvent(event, now);
    }
  }

  private void handleEvent(LinkEvent event, Instant now) {
    switch (event.getType()) {
      case SUBSCRIBED -> subscribed(event.getSubscribed(), now);
      case UPDATE_ACKNOWLEDGED -> acknowledged(event.getUpdateAcknowledged(), now);
      case OPERATION_ACKNOWLEDGED -> operations.acknowledged(event.getOperationAcknowledged());
      case PING -> registration.send(LinkCall.newBuilder().setType(LinkCall.Type.PONG).build());
      case SHUTDOWN -> retire(event.getShutdown().getMessage(), now);
      case RUN_TASKS,
          KILL_TASK,
          SHUTDOWN_FRAMEWORK,
          SHUTDOWN_EXECUTOR,
          EXECUTOR_MESSAGE,
          UPDATE_FRAMEWORK,
          APPLY_OPERATION,
          DRAIN -> {
        if (operations.isBusy()) {
          backlog.addLast(event);
        } else {
          carryOut(event, now);
        }
      }
      case UNKNOWN -> {
        // A newer master says something that this version does not know: not for us.
      }
    }
  }

  /** Takes what had to wait for an operation, up to the next one. */
  private void catchUp(Instant now) {
    while (!operations.isBusy() && !backlog.isEmpty()) {
      carryOut(backlog.removeFirst(), now);
    }
  }

  private void carryOut(LinkEvent event, Instant now) {
    switch (event.getType()) {
      case RUN_TASKS -> {
        // Nothing may start any more: the master will know by our silence.
        if (!stopping) {
          registration.agentId().ifPresent(id -> arrivals.run(event.getRunTasks(), id, now));
        }
      }
      case KILL_TASK -> kill(event.getKillTask(), now);
      case SHUTDOWN_FRAMEWORK -> {
        FrameworkId id = new FrameworkId(event.getShutdownFramework().getFrameworkId().getValue());
        silence(id::equals, config.executorShutdownGracePeriod(), now);
      }
      case SHUTDOWN_EXECUTOR -> {
        LinkEvent.ShutdownExecutor shutdown = event.getShutdownExecutor();
        executor(shutdown.getFrameworkId(), shutdown.getExecutorId())
            .ifPresent(executor -> shutDown(executor, now));
      }
      case EXECUTOR_MESSAGE -> {
        LinkEvent.ExecutorMessage message = event.getExecutorMessage();
        executor(message.getFrameworkId(), message.getExecutorId())
            .filter(Executor::isCustom)
            .ifPresent(executor -> executors.relay(executor, message.getData()));
      }
      case UPDATE_FRAMEWORK -> {
        FrameworkInfo info = event.getUpdateFramework().getFrameworkInfo();
        frameworks.update(new FrameworkId(info.getId().getValue()), info);
      }
      case APPLY_OPERATION -> operations.apply(event.getApplyOperation(), now);
      case DRAIN -> drain(event.getDrain(), now);
      case SUBSCRIBED, UPDATE_ACKNOWLEDGED, OPERATION_ACKNOWLEDGED, PING, SHUTDOWN, UNKNOWN ->
          throw new IllegalStateException(event.getType() + " does not wait");
    }
  }

  private Optional<Executor> executor(FrameworkID frameworkId, ExecutorID executorId) {
    return frameworks.findExecutor(
        new FrameworkId(frameworkId.getValue()), new ExecutorId(executorId.getValue()));
  }

  private void kill(LinkEvent.KillTask kill, Instant now) {
    Optional<KillPolicy> policy =
        kill.hasKillPolicy() ? Optional.of(kill.getKillPolicy()) : Optional.empty();
    book.find(Arrivals.key(kill.getFrameworkId().getValue(), kill.getTaskId().getValue()))
        .ifPresent(task -> {
          if (task.executor().isCustom()) {
            executors.kill(task, policy, now);
          } else {
            tasks.kill(task, policy, now);
          }
        });
  }

  private void shutDown(Executor executor, Instant now) {
    Duration grace = config.shutdownGrace(executor.info());
    if (executor.isCustom()) {
      executors.shutDown(executor, grace, now);
    } else {
      executor.tasks().forEach(task -> tasks.shutDown(task, grace, now));
    }
  }

  private void drain(LinkEvent.Drain drain, Instant now) {
    if (!drain.hasConfig()) {
      draining.end();
      return;
    }
    draining.begin(drain.getConfig(), now);
    for (Task task : book.all()) {
      if (task.executor().isCustom()) {
        executors.drain(task, now);
      } else {
        tasks.drain(task, now);
      }
    }
  }

  /** Kills everything of some frameworks; nobody is to hear of it any more. */
  private void silence(Predicate<FrameworkId> which, Duration grace, Instant now) {
    for (Task task : book.all()) {
      if (which.test(task.key().frameworkId()) && !task.executor().isCustom()) {
        book.silence(task);
        tasks.shutDown(task, grace, now);
      }
    }
    for (Executor executor : frameworks.executors()) {
      if (which.test(executor.frameworkId()) && executor.isCustom()) {
        executors.silence(executor, grace, now);
      }
    }
  }

  /** Kills everything because the agent stops. */
  private void abandon(Instant now) {
    for (Task task : book.all()) {
      if (!task.executor().isCustom()) {
        book.silence(task);
        tasks.abandon(task, config.stopGrace(), now);
      }
    }
    frameworks.executors().stream()
        .filter(Executor::isCustom)
        .forEach(executor -> executors.silence(executor, config.stopGrace(), now));
  }

  private void pause() {
    updates.pause();
    operations.pause();
  }

  private void handleTimer(AgentTimer timer, Instant now) {
    switch (timer) {
      case AgentTimer.Reconnect() -> {
        if (registration.isWaiting() && operations.isBusy()) {
          // A SUBSCRIBE now would leave out the tasks that wait for the operation.
          registration.waitToConnect(now);
        } else if (registration.isWaiting()) {
          registration.connect(subscribe(), now);
        }
      }
      case AgentTimer.LinkSilence() -> {
        if (registration.checkSilence(now)) {
          pause();
        }
      }
      case AgentTimer.ResendUpdate(FrameworkId frameworkId, TaskId taskId) ->
          updates.resendDue(new TaskKey(frameworkId, taskId), now);
      case AgentTimer.CompletionOverdue(ContainerId containerId) ->
          tasks.completionOverdue(containerId, now);
      case AgentTimer.ResendOperation(var uuid) -> operations.resendDue(uuid, now);
      case AgentTimer.ExecutorRegistrationOverdue(ContainerId id) ->
          executors.registrationOverdue(id);
      case AgentTimer.ExecutorShutdownOverdue(ContainerId id) -> executors.shutdownOverdue(id);
      case AgentTimer.ExecutorHeartbeat(ContainerId id) -> executors.heartbeatDue(id, now);
    }
  }

  private void subscribed(LinkEvent.Subscribed subscribed, Instant now) {
    if (registration.subscribed(subscribed, now)) {
      updates.resume(now);
      operations.resume(now);
    } else {
      retire("the master took this agent for another one", now);
    }
  }

  private void retire(String reason, Instant now) {
    pause();
    backlog.clear();
    registration.retire(reason);
    draining.end();
    silence(_ -> true, config.executorShutdownGracePeriod(), now);
  }

  private void finishIfQuiet(Instant now) {
    if (stopped || !tasks.isQuiet() || !executors.isQuiet() || operations.isBusy()) {
      return;
    }
    if (stopping) {
      stopped = true;
      draining.end();
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
            .setIp(config.ip())
            .setIncarnation(registration.incarnation())
            .setNumber(registration.nextNumber())
            .addAllCapabilities(AgentConfig.CAPABILITIES)
            .addAllTotalResources(operations.changedTotal())
            .addAllOperations(operations.unacknowledged())
            .addAllOversubscribedResources(config.oversubscribed());
    if (!config.bootId().isEmpty()) {
      subscribe.setBootId(config.bootId());
    }
    LinkCall.Builder call = LinkCall.newBuilder().setType(LinkCall.Type.SUBSCRIBE);
    registration
        .agentId()
        .ifPresent(id -> {
          AgentID message = AgentID.newBuilder().setValue(id.value()).build();
          info.setId(message);
          call.setAgentId(message);
          subscribe
              .addAllTasks(book.running())
              .addAllExecutors(executors.running())
              .addAllFrameworks(frameworks.infos());
        });
    return call.setSubscribe(subscribe.setAgentInfo(info)).build();
  }

  private void acknowledged(LinkEvent.UpdateAcknowledged acknowledgement, Instant now) {
    TaskKey key =
        Arrivals.key(
            acknowledgement.getFrameworkId().getValue(), acknowledgement.getTaskId().getValue());
    Optional<TaskStatus> status = updates.acknowledge(key, acknowledgement.getUuid(), now);
    status.ifPresent(it -> book.acknowledged(key, it));
  }
}

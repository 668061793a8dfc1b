package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.RunningExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.executor.Protos.Event;

/**
 * The executors that frameworks bring, one container a run, and the way of their tasks to them
 * (contracts/mesos-executor-api.md §6). What they say is for {@link ExecutorCalls}.
 *
 * <p>Of their tasks, LAUNCHING means waiting for the executor, RUNNING that it has been sent.
 */
final class Executors {
  private static final Duration RETURN_TIME = Duration.ofSeconds(1);

  private final AgentConfig config;
  private final Frameworks frameworks;
  private final Launches launches;
  private final Statuses statuses;
  private final TaskBook book;
  private final Draining draining;
  private final Registration registration;
  private final Tally tally;
  private final Effects effects;
  private final SortedMap<ContainerId, Executor> executorsByContainer = new TreeMap<>();

  Executors(
      AgentConfig config,
      Frameworks frameworks,
      Launches launches,
      Statuses statuses,
      TaskBook book,
      Draining draining,
      Registration registration,
      Tally tally,
      Effects effects) {
    this.config = config;
    this.frameworks = frameworks;
    this.launches = launches;
    this.statuses = statuses;
    this.book = book;
    this.draining = draining;
    this.registration = registration;
    this.tally = tally;
    this.effects = effects;
  }

  /** Whether no executor runs, starts or stops. */
  boolean isQuiet() {
    return executorsByContainer.isEmpty();
  }

  boolean owns(ContainerId id) {
    return executorsByContainer.containsKey(id);
  }

  Optional<Executor> find(ContainerId id) {
    return Optional.ofNullable(executorsByContainer.get(id));
  }

  /** Takes tasks that were delivered together; none of them is known here. */
  void launch(
      Executor executor,
      List<Task> together,
      boolean asGroup,
      FrameworkInfo framework,
      AgentId agentId,
      Instant now) {
    together.forEach(book::add);
    ExecutorProcess process = executor.process();
    if (process.isEnding()) {
      drop(together, framework, now);
      return;
    }
    boolean fresh = !owns(executor.containerId());
    Optional<String> problem =
        fresh
            ? LaunchRules.problem(ContainerWish.of(executor.info().orElseThrow(), together), config)
            : together.stream().flatMap(task -> lateProblem(executor, task).stream()).findFirst();
    if (problem.isPresent()) {
      refuse(executor, together, fresh, problem.get(), now);
      return;
    }
    process.queue(new ExecutorProcess.Delivery(together, asGroup));
    if (fresh) {
      ContainerLaunch launch = launches.launch(executor, together, framework, agentId);
      process.setVolumes(launches.volumes(executor, together));
      process.setLaunchedAt(now);
      executorsByContainer.put(executor.containerId(), executor);
      effects.add(new AgentEffect.LaunchContainer(launch));
      effects.add(
          new AgentEffect.SetTimer(
              new AgentTimer.ExecutorRegistrationOverdue(executor.containerId()),
              now.plus(config.executorRegistrationTimeout())));
    } else {
      deliver(executor);
    }
  }

  /** Sends everything that waits, if the executor hears. */
  void deliver(Executor executor) {
    ExecutorProcess process = executor.process();
    if (process.phase() != ExecutorPhase.RUNNING || process.stream().isEmpty()) {
      return;
    }
    for (ExecutorProcess.Delivery delivery : process.takeQueued()) {
      delivery.tasks().forEach(Task::run);
      send(executor, ExecutorEvents.launch(delivery));
    }
  }

  void started(StartedContainer container) {
    find(container.id())
        .ifPresent(executor -> {
          executor.process().setContainer(container);
          if (executor.process().isEnding() && executor.process().stream().isEmpty()) {
            // It came to run while it was being given up.
            effects.add(new AgentEffect.StopContainer(container.id(), Duration.ZERO));
          }
        });
  }

  void failed(ContainerId id, String message, Instant now) {
    Executor executor = executorsByContainer.get(id);
    if (executor == null) {
      return;
    }
    boolean launching = executor.process().container().isEmpty() && !executor.process().isEnding();
    if (launching) {
      tally.launchErrors++;
    }
    ended(
        executor,
        -1,
        !launching
            ? terminated(message)
            : new ExecutorProcess.Cause(
                TaskState.TASK_FAILED,
                Reason.REASON_CONTAINER_LAUNCH_FAILED,
                "Failed to launch container: " + message),
        now);
  }

  void exited(ContainerExit exit, Instant now) {
    Executor executor = executorsByContainer.get(exit.id());
    if (executor == null) {
      return;
    }
    ExecutorProcess.Cause cause;
    if (exit.outOfMemory()) {
      cause =
          new ExecutorProcess.Cause(
              TaskState.TASK_FAILED,
              Reason.REASON_CONTAINER_LIMITATION_MEMORY,
              "Memory limit exceeded by the executor and its tasks");
    } else {
      cause =
          terminated(
              exit.isSignaled()
                  ? "Executor terminated with signal " + Signals.name(exit.signal())
                  : "Executor exited with status " + exit.exitCode());
    }
    ended(executor, exit.waitStatus(), cause, now);
  }

  /** Kills a task as its scheduler asked; one that waits never reaches its executor (K6, P15). */
  void kill(Task task, Optional<KillPolicy> policy, Instant now) {
    switch (task.phase()) {
      case LAUNCHING -> {
        for (Task undelivered : task.executor().process().unqueue(task)) {
          undelivered.end();
          end(undelivered, statuses.killedDuringLaunch(undelivered, now), now);
        }
      }
      case RUNNING -> {
        task.askKill(policy.orElse(KillPolicy.getDefaultInstance()));
        send(
            task.executor(),
            ExecutorEvents.kill(task, policy.orElse(KillPolicy.newBuilder().build())));
      }
      case STOPPING, ENDED -> {}
    }
  }

  /** Kills a task because the machine is to be emptied. */
  void drain(Task task, Instant now) {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE);
    KillPolicy ofTask = task.info().getKillPolicy();
    Duration own =
        ofTask.hasGracePeriod()
            ? Duration.ofNanos(ofTask.getGracePeriod().getNanoseconds())
            : longest;
    Duration grace = draining.limit(own);
    KillPolicy.Builder policy = KillPolicy.newBuilder();
    if (!grace.equals(longest)) {
      policy.getGracePeriodBuilder().setNanoseconds(grace.toNanos());
    }
    kill(task, Optional.of(policy.build()), now);
  }

  /** Tells an executor to end, and destroys its container after the grace period (T4, T5). */
  void shutDown(Executor executor, Duration grace, Instant now) {
    ExecutorProcess process = executor.process();
    if (process.isEnding()) {
      return;
    }
    ContainerId id = executor.containerId();
    process.become(ExecutorPhase.TERMINATING);
    process.setStopDeadline(now.plus(grace));
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.ExecutorRegistrationOverdue(id)));
    if (process.stream().isPresent()) {
      send(executor, ExecutorEvents.shutdown());
      effects.add(
          new AgentEffect.SetTimer(new AgentTimer.ExecutorShutdownOverdue(id), now.plus(grace)));
    } else {
      effects.add(new AgentEffect.StopContainer(id, grace));
    }
  }

  /** Ends an executor of which nobody is to hear any more. */
  void silence(Executor executor, Duration grace, Instant now) {
    executor.silence();
    executor.tasks().forEach(book::silence);
    shutDown(executor, grace, now);
  }

  void registrationOverdue(ContainerId id) {
    Executor executor = executorsByContainer.get(id);
    if (executor == null) {
      return;
    }
    if (executor.process().phase() == ExecutorPhase.REGISTERING) {
      giveUp(
          executor,
          new ExecutorProcess.Cause(
              TaskState.TASK_FAILED,
              Reason.REASON_EXECUTOR_REGISTRATION_TIMEOUT,
              "Executor did not register within "
                  + config.executorRegistrationTimeout().toMillis() / 1e3
                  + " s"));
    } else if (executor.process().phase() == ExecutorPhase.RUNNING
        && executor.process().isAwaited()) {
      giveUp(
          executor,
          new ExecutorProcess.Cause(
              isPartitionAware(executor) ? TaskState.TASK_GONE : TaskState.TASK_LOST,
              Reason.REASON_EXECUTOR_REREGISTRATION_TIMEOUT,
              "Executor did not come back within "
                  + returnMax().toMillis() / 1e3
                  + " s of the agent's restart"));
    }
  }

  private void giveUp(Executor executor, ExecutorProcess.Cause cause) {
    executor.process().setCause(cause);
    executor.process().become(ExecutorPhase.TERMINATING);
    effects.add(new AgentEffect.StopContainer(executor.containerId(), Duration.ZERO));
  }

  private boolean isPartitionAware(Executor executor) {
    return Frameworks.has(frameworks.find(executor.frameworkId()), Capability.Type.PARTITION_AWARE);
  }

  /** Executors wait up to the time-out before they try again, and the try itself takes time. */
  private Duration returnMax() {
    return config.executorReregistrationTimeout().plus(RETURN_TIME);
  }

  /** Takes an executor of an earlier run of this agent whose container runs. */
  void takeBack(Executor executor, StartedContainer container, Instant now) {
    ExecutorProcess process = executor.process();
    ContainerId id = executor.containerId();
    process.setContainer(container);
    executorsByContainer.put(id, executor);
    effects.add(new AgentEffect.AwaitContainer(id));
    Instant back = now.plus(returnMax());
    switch (process.phase()) {
      case REGISTERING -> {
        Instant due =
            process
                .launchedAt()
                .map(at -> at.plus(config.executorRegistrationTimeout()))
                .filter(back::isBefore)
                .orElse(back);
        effects.add(new AgentEffect.SetTimer(new AgentTimer.ExecutorRegistrationOverdue(id), due));
      }
      case RUNNING ->
          effects.add(
              new AgentEffect.SetTimer(new AgentTimer.ExecutorRegistrationOverdue(id), back));
      case TERMINATING ->
          effects.add(
              new AgentEffect.SetTimer(
                  new AgentTimer.ExecutorShutdownOverdue(id), process.stopDeadline().orElse(now)));
      case TERMINATED ->
          throw new IllegalStateException("executor " + executor.id() + " has ended before");
    }
  }

  /** Tells the end of an executor of an earlier run of this agent that does not run. */
  void tellEnd(Executor executor, Optional<RecoveredContainer> found, Instant now) {
    executorsByContainer.put(executor.containerId(), executor);
    if (found.isPresent() && found.get() instanceof RecoveredContainer.Ended(ContainerExit exit)) {
      exited(exit, now);
    } else if (found.isPresent()
        && found.get() instanceof RecoveredContainer.Vanished(_, String why)) {
      ended(executor, -1, terminated(why), now);
    } else if (executor.process().phase() == ExecutorPhase.REGISTERING) {
      ended(
          executor,
          -1,
          new ExecutorProcess.Cause(
              isPartitionAware(executor) ? TaskState.TASK_DROPPED : TaskState.TASK_LOST,
              Reason.REASON_AGENT_RESTARTED,
              "the agent was restarted before the executor was started"),
          now);
    } else {
      ended(executor, -1, terminated("the executor was gone when the agent was restarted"), now);
    }
  }

  void shutdownOverdue(ContainerId id) {
    if (owns(id)) {
      effects.add(new AgentEffect.StopContainer(id, Duration.ZERO));
    }
  }

  void heartbeatDue(ContainerId id, Instant now) {
    find(id)
        .filter(executor -> executor.process().stream().isPresent())
        .ifPresent(executor -> {
          send(executor, ExecutorEvents.heartbeat());
          setHeartbeat(executor, now);
        });
  }

  void setHeartbeat(Executor executor, Instant now) {
    effects.add(
        new AgentEffect.SetTimer(
            new AgentTimer.ExecutorHeartbeat(executor.containerId()),
            now.plus(config.heartbeatInterval())));
  }

  void relay(Executor executor, ByteString data) {
    if (executor.process().phase() == ExecutorPhase.RUNNING) {
      send(executor, ExecutorEvents.message(data));
    }
  }

  /** Sends an event if the executor is subscribed. */
  void send(Executor executor, Event event) {
    executor.process().stream()
        .ifPresent(stream -> effects.add(new AgentEffect.SendToExecutor(stream, event)));
  }

  /** Tells the scheduler of the end of a task that is over, and forgets it if nobody is to hear. */
  void end(Task task, TaskStatus status, Instant now) {
    book.update(task, status, now);
    if (task.isSilent()) {
      book.forget(task);
    }
  }

  /** All that a master must know of executors when it meets this agent again. */
  List<RunningExecutor> running() {
    List<RunningExecutor> running = new ArrayList<>();
    for (Executor executor : frameworks.executors()) {
      boolean ended = executor.isCustom() && executor.process().phase() == ExecutorPhase.TERMINATED;
      if (!ended && !executor.isSilent() && executor.info().isPresent()) {
        running.add(
            RunningExecutor.newBuilder()
                .setFrameworkId(MasterCalls.frameworkId(executor))
                .setExecutor(executor.info().get())
                .build());
      }
    }
    return running;
  }

  /** What a container that runs already cannot be given any more. */
  private Optional<String> lateProblem(Executor executor, Task task) {
    for (Resource resource : task.info().getResourcesList()) {
      if (PersistentVolumes.isVolume(resource)
          && !executor
              .process()
              .volumes()
              .contains(PersistentVolumes.path(resource, config.workDir()))) {
        return Optional.of(
            "persistent volume "
                + resource.getDisk().getPersistence().getId()
                + " cannot be added to the running container of executor "
                + executor.id()
                + ": give it to the executor or to its first task");
      }
    }
    return TaskResources.problem(ContainerWish.of(task.info()));
  }

  private void drop(List<Task> together, FrameworkInfo framework, Instant now) {
    boolean aware = Frameworks.has(Optional.of(framework), Capability.Type.PARTITION_AWARE);
    for (Task task : together) {
      task.end();
      book.update(
          task,
          statuses.dropped(
              task,
              aware,
              Reason.REASON_EXECUTOR_TERMINATED,
              "executor " + task.executor().id() + " is ending",
              now),
          now);
    }
  }

  private void refuse(
      Executor executor, List<Task> together, boolean fresh, String problem, Instant now) {
    tally.launchErrors++;
    for (Task task : together) {
      task.end();
      book.update(task, statuses.launchFailed(task, problem, now), now);
    }
    if (fresh) {
      executor.process().become(ExecutorPhase.TERMINATED);
      registration.tell(MasterCalls.exitedExecutor(executor, -1));
    }
  }

  private static ExecutorProcess.Cause terminated(String message) {
    return new ExecutorProcess.Cause(
        TaskState.TASK_FAILED, Reason.REASON_EXECUTOR_TERMINATED, message);
  }

  private void ended(
      Executor executor, int waitStatus, ExecutorProcess.Cause otherwise, Instant now) {
    ExecutorProcess process = executor.process();
    ContainerId id = executor.containerId();
    executorsByContainer.remove(id);
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.ExecutorRegistrationOverdue(id)));
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.ExecutorShutdownOverdue(id)));
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.ExecutorHeartbeat(id)));
    process.stream().ifPresent(it -> effects.add(new AgentEffect.CloseExecutorStream(it)));
    process.setStream(OptionalLong.empty());
    process.takeQueued();
    process.become(ExecutorPhase.TERMINATED);
    tally.executorsTerminated++;
    effects.add(new AgentEffect.DestroyContainer(id));
    for (Task task : executor.tasks()) {
      if (task.phase() != TaskPhase.ENDED) {
        task.end();
        end(task, statuses.executorEnded(task, process.cause().orElse(otherwise), now), now);
      }
    }
    if (!executor.isSilent()) {
      registration.tell(MasterCalls.exitedExecutor(executor, waitStatus));
    }
    book.complete(executor);
  }
}

package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.FrameworkId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The tasks that the agent itself carries out, and their life (contracts/mesos-executor-api.md §8
 * to §10, contracts/mesos-scheduler-api.md §8).
 */
final class Tasks {
  private static final Duration GRACE_DEFAULT = Duration.ofSeconds(3);

  private final AgentConfig config;
  private final Frameworks frameworks;
  private final Launches launches;
  private final Statuses statuses;
  private final TaskBook book;
  private final Draining draining;
  private final Tally tally;
  private final Effects effects;
  private final SortedMap<ContainerId, Task> tasksByContainer = new TreeMap<>();

  Tasks(
      AgentConfig config,
      Frameworks frameworks,
      Launches launches,
      Statuses statuses,
      TaskBook book,
      Draining draining,
      Tally tally,
      Effects effects) {
    this.config = config;
    this.frameworks = frameworks;
    this.launches = launches;
    this.statuses = statuses;
    this.book = book;
    this.draining = draining;
    this.tally = tally;
    this.effects = effects;
  }

  /** Whether nothing runs, starts or stops any more. */
  boolean isQuiet() {
    return tasksByContainer.isEmpty();
  }

  /** Takes tasks that were delivered together; none of them is known here. */
  void launch(List<Task> together, FrameworkInfo framework, AgentId agentId, Instant now) {
    together.forEach(book::add);
    List<String> problems =
        together.stream()
            .flatMap(task -> LaunchRules.problem(ContainerWish.of(task.info()), config).stream())
            .toList();
    if (!problems.isEmpty()) {
      String message = String.join("; ", problems);
      together.forEach(task -> refuse(task, message, now));
      return;
    }
    for (Task task : together) {
      tasksByContainer.put(task.containerId(), task);
      book.update(task, statuses.starting(task, now), now);
      effects.add(new AgentEffect.LaunchContainer(launches.launch(task, framework, agentId)));
    }
  }

  void started(ContainerId id, StartedContainer container, Instant now) {
    Task task = tasksByContainer.get(id);
    if (task == null) {
      return;
    }
    task.setContainer(container);
    if (task.phase() == TaskPhase.STOPPING) {
      // It came to run while it was being given up.
      effects.add(new AgentEffect.StopContainer(id, Duration.ZERO));
      return;
    }
    task.run(now);
    book.update(task, statuses.running(task, now), now);
    startWatching(task, container, now);
  }

  /** Takes a task of an earlier run of this agent whose container runs. */
  void takeBack(Task task, StartedContainer container, Instant now) {
    ContainerId id = task.containerId();
    tasksByContainer.put(id, task);
    effects.add(new AgentEffect.AwaitContainer(id));
    switch (task.phase()) {
      case LAUNCHING -> started(id, container, now);
      case RUNNING -> {
        task.setContainer(container);
        startWatching(task, container, task.runningSince().orElse(now));
      }
      case STOPPING -> {
        task.setContainer(container);
        effects.add(new AgentEffect.StopContainer(id, task.stopLeft(now)));
      }
      case ENDED -> throw new IllegalStateException("task " + task.key() + " has ended before");
    }
  }

  /**
   * Tells the ends of tasks of an earlier run of this agent whose containers do not run. Only then
   * come the others of their groups: what has ended by itself was not killed.
   */
  void tellEnds(SequencedMap<Task, Optional<RecoveredContainer>> ends, Instant now) {
    ends.forEach((task, found) -> {
      tasksByContainer.put(task.containerId(), task);
      over(task, statuses.afterRestart(task, found, framework(task), now), now);
    });
    for (Task task : ends.sequencedKeySet()) {
      if (!task.isSilent() && task.state() != TaskState.TASK_FINISHED) {
        killOthersOfGroup(task, now);
      }
    }
  }

  private Optional<FrameworkInfo> framework(Task task) {
    return frameworks.find(task.key().frameworkId());
  }

  private void startWatching(Task task, StartedContainer container, Instant since) {
    ContainerId id = task.containerId();
    List<Probe> probes = Probe.of(task.info(), container.ipAddress().orElse("127.0.0.1"));
    if (!probes.isEmpty()) {
      effects.add(new AgentEffect.StartChecks(id, probes));
    }
    if (task.info().hasMaxCompletionTime()) {
      effects.add(
          new AgentEffect.SetTimer(
              new AgentTimer.CompletionOverdue(id),
              since.plusNanos(task.info().getMaxCompletionTime().getNanoseconds())));
    }
  }

  void failed(ContainerId id, String message, Instant now) {
    Task task = tasksByContainer.get(id);
    if (task == null) {
      return;
    }
    TaskStatus status;
    if (task.container().isPresent()) {
      status = statuses.lostSight(task, message, now);
    } else if (task.phase() == TaskPhase.STOPPING) {
      status = statuses.killedDuringLaunch(task, now);
    } else {
      tally.launchErrors++;
      status =
          task.isInGroup()
              ? statuses.nestedLaunchFailed(task, message, now)
              : statuses.launchFailed(task, message, now);
    }
    end(task, status, now);
  }

  void exited(ContainerExit exit, Instant now) {
    Task task = tasksByContainer.get(exit.id());
    if (task != null) {
      end(
          task,
          task.wasStoppedDuringLaunch()
              ? statuses.killedDuringLaunch(task, now)
              : statuses.exited(task, exit, now),
          now);
    }
  }

  /** Kills a task as its scheduler asked (K4 to K7); an ended one is left alone. */
  void kill(Task task, Optional<KillPolicy> policy, Instant now) {
    if (task.phase() == TaskPhase.ENDED) {
      return;
    }
    boolean launching = task.phase() == TaskPhase.LAUNCHING;
    kill(task, grace(task, policy), now);
    if (launching) {
      killOthersOfGroup(task, now);
    }
  }

  void probeReported(ContainerId id, Probe.Purpose purpose, ProbeResult result, Instant now) {
    Task task = tasksByContainer.get(id);
    if (task == null || task.phase() != TaskPhase.RUNNING) {
      return;
    }
    switch (purpose) {
      case HEALTH -> task.health().ifPresent(health -> judge(task, health, result, now));
      case CHECK -> {
        if (task.check().isPresent() && task.check().get().record(result)) {
          book.update(task, statuses.checkReported(task, now), now);
        }
      }
    }
  }

  private void judge(Task task, Health health, ProbeResult result, Instant now) {
    Optional<String> problem = Health.problem(result);
    String message = problem.orElse("");
    switch (health.record(problem.isEmpty(), now)) {
      case UNREMARKABLE -> {}
      case REPORT -> book.update(task, statuses.healthReported(task, message, now), now);
      case REPORT_AND_KILL -> {
        book.update(task, statuses.healthReported(task, message, now), now);
        kill(task, grace(task, Optional.empty()), now);
      }
    }
  }

  void completionOverdue(ContainerId id, Instant now) {
    Task task = tasksByContainer.get(id);
    if (task != null && task.phase() == TaskPhase.RUNNING) {
      stop(task, Task.StopCause.OVERDUE, Duration.ZERO, now);
    }
  }

  /** Kills a task because the machine is to be emptied: its group all ends anyway. */
  void drain(Task task, Instant now) {
    kill(task, draining.limit(grace(task, Optional.empty())), now);
  }

  /**
   * Kills a task, with all that its executor has: the agent stands in for the executor. A command
   * task that has a kill policy gets the grace period of that (T5).
   */
  void shutDown(Task task, Duration grace, Instant now) {
    boolean hasOwn = !task.isInGroup() && task.info().getKillPolicy().hasGracePeriod();
    kill(task, hasOwn ? grace(task, Optional.empty()) : grace, now);
  }

  /** Kills a task because the agent ends: nothing waits any longer than for that. */
  void abandon(Task task, Duration grace, Instant now) {
    kill(task, grace, now);
  }

  private void refuse(Task task, String message, Instant now) {
    tally.launchErrors++;
    task.end();
    book.update(task, statuses.launchFailed(task, message, now), now);
  }

  private void kill(Task task, Duration grace, Instant now) {
    switch (task.phase()) {
      case LAUNCHING -> stop(task, Task.StopCause.KILLED, Duration.ZERO, now);
      case RUNNING -> stop(task, Task.StopCause.KILLED, grace, now);
      case STOPPING -> hasten(task, grace, now);
      case ENDED -> {}
    }
  }

  private void stop(Task task, Task.StopCause cause, Duration grace, Instant now) {
    boolean ran = task.phase() == TaskPhase.RUNNING;
    stopWatching(task);
    task.stop(cause, grace, now);
    if (ran && cause == Task.StopCause.KILLED && wantsKilling(task.key().frameworkId())) {
      book.update(task, statuses.killing(task, now), now);
    }
    effects.add(new AgentEffect.StopContainer(task.containerId(), grace));
  }

  /** K4b: a later kill of a command task may bring its end forward, one of a group does nothing. */
  private void hasten(Task task, Duration grace, Instant now) {
    if (!task.isInGroup() || task.isSilent() || draining.isOn()) {
      task.shortenStop(grace, now)
          .ifPresent(left -> effects.add(new AgentEffect.StopContainer(task.containerId(), left)));
    }
  }

  private void end(Task task, TaskStatus status, Instant now) {
    over(task, status, now);
    if (!task.isSilent() && status.getState() != TaskState.TASK_FINISHED) {
      killOthersOfGroup(task, now);
    }
  }

  private void over(Task task, TaskStatus status, Instant now) {
    stopWatching(task);
    task.end();
    tasksByContainer.remove(task.containerId());
    effects.add(new AgentEffect.DestroyContainer(task.containerId()));
    book.update(task, status, now);
    if (task.isSilent()) {
      book.forget(task);
    }
  }

  private void killOthersOfGroup(Task task, Instant now) {
    for (TaskKey key : task.group()) {
      Optional<Task> found =
          book.find(key).filter(other -> !key.equals(task.key()) && isOfSameGroup(task, other));
      if (found.isPresent()) {
        Task other = found.get();
        switch (other.phase()) {
          case LAUNCHING, RUNNING -> kill(other, grace(other, Optional.empty()), now);
          case STOPPING, ENDED -> {}
        }
      }
    }
  }

  /** An id of a group may have come back with another one. */
  private static boolean isOfSameGroup(Task task, Task other) {
    return other.group().equals(task.group());
  }

  private void stopWatching(Task task) {
    if (task.phase() != TaskPhase.RUNNING) {
      return;
    }
    if (task.health().isPresent() || task.check().isPresent()) {
      effects.add(new AgentEffect.StopChecks(task.containerId()));
    }
    if (task.info().hasMaxCompletionTime()) {
      effects.add(
          new AgentEffect.CancelTimer(new AgentTimer.CompletionOverdue(task.containerId())));
    }
  }

  private Duration grace(Task task, Optional<KillPolicy> ofKill) {
    Optional<KillPolicy> ofTask =
        task.info().hasKillPolicy() ? Optional.of(task.info().getKillPolicy()) : Optional.empty();
    return ofKill
        .filter(KillPolicy::hasGracePeriod)
        .or(() -> ofTask.filter(KillPolicy::hasGracePeriod))
        .map(policy -> Duration.ofNanos(policy.getGracePeriod().getNanoseconds()))
        .orElse(task.isDocker() ? config.executorShutdownGracePeriod() : GRACE_DEFAULT);
  }

  private boolean wantsKilling(FrameworkId id) {
    return Frameworks.has(frameworks.find(id), Capability.Type.TASK_KILLING_STATE);
  }
}

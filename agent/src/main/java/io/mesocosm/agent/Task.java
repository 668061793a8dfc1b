package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** One task of this agent, from its arrival to the acknowledgement of its terminal status. */
final class Task {

  /** Why a container was asked to end. */
  enum StopCause {
    /** By its scheduler, by the end of another task of its group, or for its bad health. */
    KILLED,
    /** Its {@code max_completion_time} is over. */
    OVERDUE
  }

  private static final int RECEIVED_UUIDS_MAX = 200;

  private final TaskKey key;
  private final TaskInfo info;
  private final Executor executor;
  private final ContainerId containerId;
  private final String sandbox;
  private final List<TaskKey> group;
  private final List<TaskStatus> statuses = new ArrayList<>();
  private TaskPhase phase = TaskPhase.LAUNCHING;
  private TaskState state = TaskState.TASK_STAGING;
  private boolean silent;
  private boolean stoppedDuringLaunch;
  private Optional<StopCause> stopCause = Optional.empty();
  private Instant stoppedAt = Instant.MIN;
  private Instant stopDeadline = Instant.MAX;
  private Optional<StartedContainer> container = Optional.empty();
  private Optional<Health> health = Optional.empty();
  private final Optional<CheckResults> check;
  private Optional<Instant> runningSince = Optional.empty();
  // Of a task on a framework's executor alone.
  private final Deque<ByteString> receivedUuids = new ArrayDeque<>();
  private Optional<KillPolicy> askedKill = Optional.empty();

  /**
   * @param group all tasks that were delivered together, if it came in a task group; else empty
   */
  Task(
      TaskKey key,
      TaskInfo info,
      Executor executor,
      ContainerId containerId,
      String sandbox,
      List<TaskKey> group) {
    this.key = key;
    this.info = info;
    this.executor = executor;
    this.containerId = containerId;
    this.sandbox = sandbox;
    this.group = List.copyOf(group);
    // What a framework's executor makes of a check is its own affair.
    this.check =
        info.hasCheck() && !executor.isCustom()
            ? Optional.of(new CheckResults(info.getCheck()))
            : Optional.empty();
  }

  /**
   * What of it survives the agent.
   *
   * @param stoppedAt absent unless it was stopped, as is the deadline
   * @param runningSince when its container came to run; absent for tasks of frameworks' executors
   */
  record Past(
      TaskPhase phase,
      List<TaskStatus> statuses,
      boolean silent,
      boolean stoppedDuringLaunch,
      Optional<StopCause> stopCause,
      Optional<Instant> stoppedAt,
      Optional<Instant> stopDeadline,
      List<ByteString> receivedUuids,
      Optional<KillPolicy> askedKill,
      Optional<Instant> runningSince) {}

  Past past() {
    return new Past(
        phase,
        List.copyOf(statuses),
        silent,
        stoppedDuringLaunch,
        stopCause,
        stopCause.map(_ -> stoppedAt),
        stopCause.map(_ -> stopDeadline),
        List.copyOf(receivedUuids),
        askedKill,
        runningSince);
  }

  /** Takes up what was. */
  void restore(Past past) {
    phase = past.phase();
    statuses.addAll(past.statuses());
    if (!statuses.isEmpty()) {
      state = statuses.getLast().getState();
    }
    silent = past.silent();
    stoppedDuringLaunch = past.stoppedDuringLaunch();
    stopCause = past.stopCause();
    stoppedAt = past.stoppedAt().orElse(Instant.MIN);
    stopDeadline = past.stopDeadline().orElse(Instant.MAX);
    receivedUuids.addAll(past.receivedUuids());
    askedKill = past.askedKill();
    runningSince = past.runningSince();
    check.ifPresent(results ->
        statuses.stream()
            .filter(TaskStatus::hasCheckStatus)
            .reduce((_, later) -> later)
            .ifPresent(status -> results.restore(status.getCheckStatus())));
    if (phase != TaskPhase.ENDED && info.hasHealthCheck()) {
      health = runningSince.map(since -> new Health(info.getHealthCheck(), since, statuses));
    }
    changed();
  }

  TaskKey key() {
    return key;
  }

  TaskInfo info() {
    return info;
  }

  Executor executor() {
    return executor;
  }

  ContainerId containerId() {
    return containerId;
  }

  String sandbox() {
    return sandbox;
  }

  List<TaskKey> group() {
    return group;
  }

  boolean isInGroup() {
    return !group.isEmpty();
  }

  boolean isDocker() {
    return LaunchRules.isDocker(info);
  }

  TaskPhase phase() {
    return phase;
  }

  TaskState state() {
    return state;
  }

  /** The last status of each stay in a state, oldest first. */
  List<TaskStatus> statuses() {
    return statuses;
  }

  Optional<StartedContainer> container() {
    return container;
  }

  Optional<Health> health() {
    return health;
  }

  Optional<CheckResults> check() {
    return check;
  }

  Optional<StopCause> stopCause() {
    return stopCause;
  }

  boolean wasStoppedDuringLaunch() {
    return stoppedDuringLaunch;
  }

  /** Whether nobody is to hear of it any more. */
  boolean isSilent() {
    return silent;
  }

  void silence() {
    silent = true;
    changed();
  }

  /** Remembers what the engine told of the container, in whatever phase that comes. */
  void setContainer(StartedContainer started) {
    container = Optional.of(started);
  }

  /** Its executor was sent it. */
  void run() {
    become(TaskPhase.RUNNING);
  }

  /** Its container runs. */
  void run(Instant now) {
    become(TaskPhase.RUNNING);
    runningSince = Optional.of(now);
    health =
        info.hasHealthCheck()
            ? Optional.of(new Health(info.getHealthCheck(), now, List.of()))
            : Optional.empty();
  }

  /** When its container came to run; absent before, and for tasks of frameworks' executors. */
  Optional<Instant> runningSince() {
    return runningSince;
  }

  /** What is left of the grace period of a stopping task. */
  Duration stopLeft(Instant now) {
    return stopDeadline.isAfter(now) ? Duration.between(now, stopDeadline) : Duration.ZERO;
  }

  void stop(StopCause cause, Duration grace, Instant now) {
    stoppedDuringLaunch = phase == TaskPhase.LAUNCHING;
    become(TaskPhase.STOPPING);
    stopCause = Optional.of(cause);
    stoppedAt = now;
    stopDeadline = now.plus(grace);
  }

  /**
   * Brings the SIGKILL of a stopping task forward, with a grace period that counts from the first
   * SIGTERM.
   *
   * @return what is left of it; absent if SIGKILL would come no sooner
   */
  Optional<Duration> shortenStop(Duration grace, Instant now) {
    Instant deadline = stoppedAt.plus(grace);
    if (!deadline.isBefore(stopDeadline)) {
      return Optional.empty();
    }
    stopDeadline = deadline;
    changed();
    return Optional.of(deadline.isAfter(now) ? Duration.between(now, deadline) : Duration.ZERO);
  }

  void end() {
    become(TaskPhase.ENDED);
  }

  void note(TaskStatus status) {
    state = status.getState();
    // The inspection of a container can be long and is needed only on its way to the scheduler.
    TaskStatus kept = status.toBuilder().clearData().build();
    if (!statuses.isEmpty() && statuses.getLast().getState() == state) {
      statuses.removeLast();
    }
    statuses.add(kept);
    changed();
  }

  /**
   * Remembers a status that its executor sent.
   *
   * @return false if it came before
   */
  boolean receive(ByteString uuid) {
    if (receivedUuids.contains(uuid)) {
      return false;
    }
    receivedUuids.addLast(uuid);
    if (receivedUuids.size() > RECEIVED_UUIDS_MAX) {
      receivedUuids.removeFirst();
    }
    changed();
    return true;
  }

  /** The kill that its executor was last sent, or should have been. */
  Optional<KillPolicy> askedKill() {
    return askedKill;
  }

  void askKill(KillPolicy policy) {
    askedKill = Optional.of(policy);
    changed();
  }

  AgentSnapshot.Task snapshot() {
    AgentSnapshot.Stage stage =
        switch (phase) {
          case LAUNCHING ->
              executor.isCustom() ? AgentSnapshot.Stage.QUEUED : AgentSnapshot.Stage.LAUNCHED;
          case RUNNING, STOPPING -> AgentSnapshot.Stage.LAUNCHED;
          case ENDED -> AgentSnapshot.Stage.TERMINATED;
        };
    return new AgentSnapshot.Task(info, containerId, sandbox, container, stage, state, statuses);
  }

  private void become(TaskPhase next) {
    if (!phase.mayBecome(next)) {
      throw new IllegalStateException(
          "task " + key.taskId() + " of " + key.frameworkId() + " is " + phase + ", not " + next);
    }
    phase = next;
    changed();
  }

  private void changed() {
    executor.changes().task(key);
  }
}

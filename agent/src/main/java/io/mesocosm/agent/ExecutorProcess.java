package io.mesocosm.agent;

import io.mesocosm.containerizer.StartedContainer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;

/**
 * The running part of a framework's executor: its container, its subscription, what waits for it.
 */
final class ExecutorProcess {

  /** Tasks that reach the executor in one event. */
  record Delivery(List<Task> tasks, boolean asGroup) {
    Delivery {
      tasks = List.copyOf(tasks);
    }
  }

  /** Why the agent has the container destroyed: told of all its tasks when it has ended. */
  record Cause(TaskState state, Reason reason, String message) {}

  private final Runnable changed;
  private final Deque<Delivery> queue = new ArrayDeque<>();
  private ExecutorPhase phase = ExecutorPhase.REGISTERING;
  private OptionalLong stream = OptionalLong.empty();
  private Optional<StartedContainer> container = Optional.empty();
  private Optional<Cause> cause = Optional.empty();
  private SortedSet<String> volumes = new TreeSet<>();
  private boolean gotTasks;
  private Optional<Instant> launchedAt = Optional.empty();
  private Optional<Instant> stopDeadline = Optional.empty();
  private boolean awaited;

  /** What of it survives the agent. */
  record Past(
      ExecutorPhase phase,
      Optional<Cause> cause,
      List<String> volumes,
      boolean gotTasks,
      Optional<Instant> launchedAt,
      Optional<Instant> stopDeadline) {}

  /**
   * @param changed told of all that has to survive the agent
   */
  ExecutorProcess(Runnable changed) {
    this.changed = changed;
  }

  Past past() {
    return new Past(phase, cause, List.copyOf(volumes), gotTasks, launchedAt, stopDeadline);
  }

  /** Takes up what was. Such a process runs and will come back, or is found not to run. */
  void restore(Past past) {
    phase = past.phase();
    cause = past.cause();
    volumes = new TreeSet<>(past.volumes());
    gotTasks = past.gotTasks();
    launchedAt = past.launchedAt();
    stopDeadline = past.stopDeadline();
    awaited = phase == ExecutorPhase.RUNNING;
    changed.run();
  }

  /** Whether it had subscribed with an earlier run of this agent, and has not with this one. */
  boolean isAwaited() {
    return awaited;
  }

  void noteReturn() {
    awaited = false;
  }

  /** When its container was asked for. */
  Optional<Instant> launchedAt() {
    return launchedAt;
  }

  void setLaunchedAt(Instant at) {
    launchedAt = Optional.of(at);
    changed.run();
  }

  /** When its container is to be killed, if it was told to end. */
  Optional<Instant> stopDeadline() {
    return stopDeadline;
  }

  void setStopDeadline(Instant deadline) {
    stopDeadline = Optional.of(deadline);
    changed.run();
  }

  ExecutorPhase phase() {
    return phase;
  }

  void become(ExecutorPhase next) {
    if (!phase.mayBecome(next)) {
      throw new IllegalStateException("an executor that is " + phase + " cannot become " + next);
    }
    phase = next;
    changed.run();
  }

  /** Whether it was told to end, or has ended. */
  boolean isEnding() {
    return phase == ExecutorPhase.TERMINATING || phase == ExecutorPhase.TERMINATED;
  }

  /** Of the present subscription. */
  OptionalLong stream() {
    return stream;
  }

  void setStream(OptionalLong number) {
    stream = number;
  }

  Optional<StartedContainer> container() {
    return container;
  }

  void setContainer(StartedContainer started) {
    container = Optional.of(started);
  }

  /** The folders of the persistent volumes that its container was started with. */
  SortedSet<String> volumes() {
    return volumes;
  }

  void setVolumes(List<String> folders) {
    volumes = new TreeSet<>(folders);
    changed.run();
  }

  Optional<Cause> cause() {
    return cause;
  }

  /** The first cause counts. */
  void setCause(Cause why) {
    cause = cause.or(() -> Optional.of(why));
    changed.run();
  }

  /** Whether any task ever reached it. */
  boolean hasGotTasks() {
    return gotTasks;
  }

  void queue(Delivery delivery) {
    queue.addLast(delivery);
    changed.run();
  }

  /** Everything that waits, in order; not a view. */
  List<Delivery> queued() {
    return List.copyOf(queue);
  }

  boolean hasQueued() {
    return !queue.isEmpty();
  }

  /** Everything that waits, in order; nothing waits any more. */
  List<Delivery> takeQueued() {
    List<Delivery> taken = new ArrayList<>(queue);
    queue.clear();
    gotTasks |= !taken.isEmpty();
    changed.run();
    return taken;
  }

  /**
   * Takes a task that waits out, and with it all that came together with it.
   *
   * @return empty if it does not wait
   */
  List<Task> unqueue(Task task) {
    for (Delivery delivery : queue) {
      if (delivery.tasks().contains(task)) {
        queue.remove(delivery);
        changed.run();
        return delivery.tasks();
      }
    }
    return List.of();
  }
}

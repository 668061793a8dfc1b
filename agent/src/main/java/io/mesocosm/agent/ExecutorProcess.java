package io.mesocosm.agent;

import io.mesocosm.containerizer.StartedContainer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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

  private final Deque<Delivery> queue = new ArrayDeque<>();
  private ExecutorPhase phase = ExecutorPhase.REGISTERING;
  private OptionalLong stream = OptionalLong.empty();
  private Optional<StartedContainer> container = Optional.empty();
  private Optional<Cause> cause = Optional.empty();
  private Set<String> volumes = Set.of();
  private boolean gotTasks;

  ExecutorPhase phase() {
    return phase;
  }

  void become(ExecutorPhase next) {
    if (!phase.mayBecome(next)) {
      throw new IllegalStateException("an executor that is " + phase + " cannot become " + next);
    }
    phase = next;
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
  Set<String> volumes() {
    return volumes;
  }

  void setVolumes(List<String> folders) {
    volumes = Set.copyOf(folders);
  }

  Optional<Cause> cause() {
    return cause;
  }

  /** The first cause counts. */
  void setCause(Cause why) {
    cause = cause.or(() -> Optional.of(why));
  }

  /** Whether any task ever reached it. */
  boolean hasGotTasks() {
    return gotTasks;
  }

  void queue(Delivery delivery) {
    queue.addLast(delivery);
  }

  boolean hasQueued() {
    return !queue.isEmpty();
  }

  /** Everything that waits, in order; nothing waits any more. */
  List<Delivery> takeQueued() {
    List<Delivery> taken = new ArrayList<>(queue);
    queue.clear();
    gotTasks |= !taken.isEmpty();
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
        return delivery.tasks();
      }
    }
    return List.of();
  }
}

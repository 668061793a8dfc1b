package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.TaskStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** One task as the master knows it. Owned by the master's thread. */
final class Task {
  /** More are kept of no task: health and check updates come for as long as it runs. */
  private static final int STATUSES_MAX = 20;

  private final TaskId id;
  private final AgentId agent;
  private final TaskInfo info;
  private final FrameworkId framework;
  private final Resources resources;
  private final Optional<ExecutorId> executor;
  private final List<TaskStatus> statuses = new ArrayList<>();
  private TaskState latestState = TaskState.TASK_STAGING;

  /** What was last sent to the framework with a uuid, and waits for its acknowledgement. */
  private Optional<TaskStatus> unacknowledged = Optional.empty();

  private boolean holdsResources = true;

  Task(TaskInfo info, FrameworkId framework, Resources resources, Optional<ExecutorId> executor) {
    this.id = new TaskId(info.getTaskId().getValue());
    this.agent = new AgentId(info.getAgentId().getValue());
    this.info = info;
    this.framework = framework;
    this.resources = resources;
    this.executor = executor;
  }

  TaskId id() {
    return id;
  }

  AgentId agent() {
    return agent;
  }

  FrameworkId framework() {
    return framework;
  }

  TaskInfo info() {
    return info;
  }

  Resources resources() {
    return resources;
  }

  /** The framework's own or shared executor, if it has one; a command task has none. */
  Optional<ExecutorId> executor() {
    return executor;
  }

  TaskState latestState() {
    return latestState;
  }

  boolean isTerminal() {
    return TaskStates.isTerminal(latestState);
  }

  boolean holdsResources() {
    return holdsResources;
  }

  /** Said to its agent too: see {@link Agent#released}. */
  void releaseResources() {
    holdsResources = false;
  }

  /** The state to tell who asks: the one of the update under way, else the latest (R1). */
  TaskState reportedState() {
    return unacknowledged.map(TaskStatus::getState).orElse(latestState);
  }

  Optional<TaskStatus> lastStatus() {
    return statuses.isEmpty() ? Optional.empty() : Optional.of(statuses.getLast());
  }

  /**
   * Takes note of a status; a state of the same name replaces the last one, so that the list shows
   * changes.
   */
  void record(TaskStatus status, TaskState latest) {
    if (!isTerminal()) {
      latestState = latest;
    }
    // What the executor put in is for the framework alone, and may be large.
    TaskStatus kept = status.hasData() ? status.toBuilder().clearData().build() : status;
    if (!statuses.isEmpty() && statuses.getLast().getState() == kept.getState()) {
      statuses.removeLast();
    }
    statuses.add(kept);
    if (statuses.size() > STATUSES_MAX) {
      statuses.remove(1);
    }
  }

  void awaitAcknowledgement(TaskStatus status) {
    unacknowledged = Optional.of(status);
  }

  /**
   * Whether this acknowledges a terminal update, after which nothing more is to be heard of the
   * task.
   */
  boolean acknowledge(ByteString uuid) {
    boolean matches = unacknowledged.filter(status -> status.getUuid().equals(uuid)).isPresent();
    boolean terminal = matches && TaskStates.isTerminal(unacknowledged.orElseThrow().getState());
    if (matches) {
      unacknowledged = Optional.empty();
    }
    return terminal;
  }

  void revive(TaskState state) {
    latestState = state;
  }

  MasterSnapshot.TaskView view() {
    return new MasterSnapshot.TaskView(
        id,
        framework,
        agent,
        info,
        executor,
        role(),
        resources,
        latestState,
        List.copyOf(statuses),
        unacknowledged,
        holdsResources);
  }

  /** That its resources are allocated to. */
  private String role() {
    for (Resource entry : resources.entries()) {
      if (entry.allocationRole().isPresent()) {
        return entry.allocationRole().get();
      }
    }
    return "*";
  }
}

package io.mesocosm.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;

/** Whether the agent is being emptied, and how (contracts/mesos-ha.md §8). */
final class Draining {
  private final Changes changes;
  private Optional<DrainConfig> config = Optional.empty();
  private Instant since = Instant.MIN;

  Draining(Changes changes) {
    this.changes = changes;
  }

  /** Goes on with what an earlier run of this agent was told. */
  void restore(DrainConfig how, Instant begun) {
    config = Optional.of(how);
    since = begun;
    changes.drain();
  }

  Optional<AgentSnapshot.Drain> snapshot() {
    return config.map(how -> new AgentSnapshot.Drain(how, since));
  }

  /** Begins, or goes on in another way: a master repeats itself when the agent is back. */
  void begin(DrainConfig how, Instant now) {
    if (config.isEmpty()) {
      since = now;
    }
    config = Optional.of(how);
    changes.drain();
  }

  void end() {
    config = Optional.empty();
    changes.drain();
  }

  boolean isOn() {
    return config.isPresent();
  }

  /** The grace period of a task's end: its own, unless the drain allows less. */
  Duration limit(Duration own) {
    return config
        .filter(DrainConfig::hasMaxGracePeriod)
        .map(how -> Duration.ofNanos(how.getMaxGracePeriod().getNanoseconds()))
        .filter(most -> most.compareTo(own) < 0)
        .orElse(own);
  }

  /** What the scheduler is told of the end of a task while the agent is being emptied. */
  TaskStatus reword(TaskStatus status, Optional<FrameworkInfo> framework) {
    boolean killed = status.getState() == TaskState.TASK_KILLED;
    if (config.isEmpty() || !(killed || status.getState() == TaskState.TASK_KILLING)) {
      return status;
    }
    TaskStatus.Builder worded = status.toBuilder().setReason(Reason.REASON_AGENT_DRAINING);
    if (killed && config.get().getMarkGone() && isPartitionAware(framework)) {
      worded.setState(TaskState.TASK_GONE_BY_OPERATOR);
    }
    return worded.build();
  }

  private static boolean isPartitionAware(Optional<FrameworkInfo> framework) {
    return Frameworks.has(framework, Capability.Type.PARTITION_AWARE);
  }
}

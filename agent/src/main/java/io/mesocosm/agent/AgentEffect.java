package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.executor.Protos.Event;

/** What an agent wants done. */
public sealed interface AgentEffect {

  /**
   * Find the leading master and open a link to it with this SUBSCRIBE; answer with {@link
   * AgentCommand.LinkOpened} or {@link AgentCommand.LinkClosed}.
   *
   * @param link numbers the attempt, ascending; a new one replaces all earlier ones
   */
  record Connect(long link, LinkCall subscribe) implements AgentEffect {}

  /** Close a link without a {@link AgentCommand.LinkClosed}. */
  record Disconnect(long link, String reason) implements AgentEffect {}

  /** Send a call on an open link, after those sent before. */
  record SendToMaster(long link, LinkCall call) implements AgentEffect {}

  /**
   * Make the sandbox and start the container; answer with {@link AgentCommand.ContainerStarted} and
   * later {@link AgentCommand.ContainerExited}, or with {@link AgentCommand.ContainerFailed}.
   */
  record LaunchContainer(ContainerLaunch launch) implements AgentEffect {}

  /**
   * End a container: SIGTERM, and SIGKILL after the grace period. A container that is still being
   * launched is given up at once: then {@link AgentCommand.ContainerFailed} follows, or, if it came
   * to run meanwhile, its start and exit. Repeated for one container it only shortens the grace
   * period.
   *
   * @param grace from now on
   */
  record StopContainer(ContainerId id, Duration grace) implements AgentEffect {}

  /** Remove what an ended container left behind, except its sandbox. */
  record DestroyContainer(ContainerId id) implements AgentEffect {}

  /**
   * Probe a running container until {@link StopChecks}; answer each try with {@link
   * AgentCommand.ProbeReported}.
   *
   * @param probes each for another purpose
   */
  record StartChecks(ContainerId id, List<Probe> probes) implements AgentEffect {
    public StartChecks {
      probes = List.copyOf(probes);
    }
  }

  record StopChecks(ContainerId id) implements AgentEffect {}

  /** Answer an {@link AgentCommand.ExecutorCall}. */
  record AnswerExecutor(long request, ExecutorAnswer answer) implements AgentEffect {}

  /** Send an event on an executor's stream, after those sent before. */
  record SendToExecutor(long stream, Event event) implements AgentEffect {}

  /** End an executor's stream after what was sent on it. */
  record CloseExecutorStream(long stream) implements AgentEffect {}

  /**
   * Change volumes and write the state down, one Store after another; answer with {@link
   * AgentCommand.Stored} once it is safe, or with {@link AgentCommand.StoreFailed}.
   *
   * @param number ascending
   * @param before done before the state is written
   * @param after done once it is written; a failure is only logged
   */
  record Store(long number, StoredState state, List<VolumeChange> before, List<VolumeChange> after)
      implements AgentEffect {
    public Store {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /**
   * Write records down, or remove them, all or none; answer with {@link AgentCommand.Checkpointed}
   * once they are safe, one answer for several if they are written together. A failure must end the
   * agent's process, and leave its containers alone: what follows on the records was not done yet.
   *
   * <p>Checkpoints reach the disk in their order: after a crash there are all up to some number at
   * or after the last one answered.
   *
   * @param number ascending
   * @param changes by name; absent to remove the record
   */
  record Checkpoint(long number, SortedMap<String, Optional<CheckpointRecord>> changes)
      implements AgentEffect {
    public Checkpoint {
      changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    }
  }

  /**
   * Wait for the end of a container that was found again, and answer with {@link
   * AgentCommand.ContainerExited} or {@link AgentCommand.ContainerFailed}.
   */
  record AwaitContainer(ContainerId id) implements AgentEffect {}

  /** Answer with {@link AgentCommand.TimerFired} at {@code at}; replaces an equal timer. */
  record SetTimer(AgentTimer timer, Instant at) implements AgentEffect {}

  record CancelTimer(AgentTimer timer) implements AgentEffect {}

  /** The last effect: nothing runs any more and the master has been told. */
  record Stopped() implements AgentEffect {}
}

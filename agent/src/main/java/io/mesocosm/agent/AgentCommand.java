package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.executor.Protos.Call;

/** What happens to an agent. */
public sealed interface AgentCommand {

  /**
   * What an earlier run of this agent wrote down, and what has become of its containers; before
   * {@link Start}, at most once.
   *
   * @param records by name, as {@link AgentEffect.Checkpoint} wrote them
   * @param containers of those that the records name and an engine knows; others have never started
   */
  record Recover(
      SortedMap<String, CheckpointRecord> records,
      SortedMap<ContainerId, RecoveredContainer> containers)
      implements AgentCommand {
    public Recover {
      records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
      containers = Collections.unmodifiableSortedMap(new TreeMap<>(containers));
    }
  }

  /** All that {@link AgentEffect.Checkpoint}s up to this number asked for is on disk. */
  record Checkpointed(long number) implements AgentCommand {}

  /** The next command: the agent may look for its master. */
  record Start() implements AgentCommand {}

  /** A master leads that did not before: a waiting agent need not wait out its back-off. */
  record MasterDetected() implements AgentCommand {}

  /**
   * The master accepted the SUBSCRIBE of an {@link AgentEffect.Connect} as a stream; its first
   * event will follow.
   *
   * @param link of the Connect
   */
  record LinkOpened(long link) implements AgentCommand {}

  /**
   * An event came down a link.
   *
   * @param link of the Connect
   */
  record LinkEventArrived(long link, LinkEvent event) implements AgentCommand {}

  /**
   * A link could not be opened, has ended, or did not take a call. Comes at most once a link, and
   * not for one that the agent disconnected.
   *
   * @param link of the Connect
   * @param reason for the log
   */
  record LinkClosed(long link, String reason) implements AgentCommand {}

  /** The first process of a container runs. */
  record ContainerStarted(ContainerId id, StartedContainer container) implements AgentCommand {}

  /**
   * A container did not come to run, or its end cannot be told. Nothing of it runs any more.
   *
   * @param message for the task's owner
   */
  record ContainerFailed(ContainerId id, String message) implements AgentCommand {}

  /** A container that was started has ended. */
  record ContainerExited(ContainerExit exit) implements AgentCommand {}

  /** A probe of a container was tried once. */
  record ProbeReported(ContainerId id, Probe.Purpose purpose, ProbeResult result)
      implements AgentCommand {}

  /**
   * A call of the executor API, well-formed by itself; answered with {@link
   * AgentEffect.AnswerExecutor}.
   *
   * @param request numbers the calls, ascending; of a SUBSCRIBE it becomes the stream's number
   * @param claimed what the caller has proved to be; absent if it need not
   */
  record ExecutorCall(long request, Call call, Optional<ExecutorClaim> claimed)
      implements AgentCommand {}

  /** The peer of an executor's stream is gone. Not for one that the agent closed. */
  record ExecutorStreamClosed(long stream) implements AgentCommand {}

  /** What an {@link AgentEffect.Store} asked for is on disk. */
  record Stored(long number) implements AgentCommand {}

  /**
   * What an {@link AgentEffect.Store} asked for could not be written; what was stored before holds.
   *
   * @param message for the operation's owner
   */
  record StoreFailed(long number, String message) implements AgentCommand {}

  /** A timer of an {@link AgentEffect.SetTimer} is due. */
  record TimerFired(AgentTimer timer) implements AgentCommand {}

  /** Stop for good: kill everything, take leave of the master. */
  record Shutdown() implements AgentCommand {}
}

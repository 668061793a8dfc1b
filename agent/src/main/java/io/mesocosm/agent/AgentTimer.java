package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;

/** What an agent waits for. Values with equals, so that setting one anew replaces it. */
public sealed interface AgentTimer {
  /** Time to connect to the master. */
  record Reconnect() implements AgentTimer {}

  /** The master may have been silent for too long. */
  record LinkSilence() implements AgentTimer {}

  /** The status in flight of a task was not acknowledged in time. */
  record ResendUpdate(FrameworkId frameworkId, TaskId taskId) implements AgentTimer {}

  /** A task's {@code max_completion_time} is over. */
  record CompletionOverdue(ContainerId containerId) implements AgentTimer {}

  /** The status of an operation was not acknowledged in time. */
  record ResendOperation(ByteString operationUuid) implements AgentTimer {}

  /** An executor has not subscribed in time. */
  record ExecutorRegistrationOverdue(ContainerId containerId) implements AgentTimer {}

  /** An executor that was told to end may still run. */
  record ExecutorShutdownOverdue(ContainerId containerId) implements AgentTimer {}

  /** An executor's stream needs a sign of life. */
  record ExecutorHeartbeat(ContainerId containerId) implements AgentTimer {}
}

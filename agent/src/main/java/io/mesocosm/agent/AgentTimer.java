package io.mesocosm.agent;

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
}

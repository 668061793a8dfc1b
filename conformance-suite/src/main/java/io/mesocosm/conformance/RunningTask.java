package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A command task that was seen TASK_RUNNING; all its statuses so far are acknowledged.
 *
 * @param running the status TASK_RUNNING
 */
public record RunningTask(
    SchedulerSession session, String taskId, JsonNode agentId, JsonNode running) {}

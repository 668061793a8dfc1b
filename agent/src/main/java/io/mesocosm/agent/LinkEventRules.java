package io.mesocosm.agent;

import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * What an event of the master must hold for an agent to act on it: ids become values, and folders.
 * An event that breaks these rules is ignored, except that the tasks of a RUN_TASKS fail as far as
 * they can be named.
 */
public final class LinkEventRules {
  private LinkEventRules() {}

  /** What is wrong with the event; empty if the agent can act on it. */
  public static Optional<String> problem(LinkEvent event) {
    return switch (event.getType()) {
      case SUBSCRIBED -> id("agent_id", event.getSubscribed().getAgentId().getValue());
      case RUN_TASKS -> problem(event.getRunTasks());
      case KILL_TASK ->
          problem(event.getKillTask().getFrameworkId())
              .or(() -> problem(event.getKillTask().getTaskId()));
      case UPDATE_ACKNOWLEDGED ->
          problem(event.getUpdateAcknowledged().getFrameworkId())
              .or(() -> problem(event.getUpdateAcknowledged().getTaskId()));
      case SHUTDOWN_FRAMEWORK -> problem(event.getShutdownFramework().getFrameworkId());
      case SHUTDOWN_EXECUTOR ->
          problem(event.getShutdownExecutor().getFrameworkId())
              .or(() -> problem(event.getShutdownExecutor().getExecutorId()));
      case EXECUTOR_MESSAGE ->
          problem(event.getExecutorMessage().getFrameworkId())
              .or(() -> problem(event.getExecutorMessage().getExecutorId()));
      case UPDATE_FRAMEWORK -> problem(event.getUpdateFramework().getFrameworkInfo().getId());
      case PING, SHUTDOWN, APPLY_OPERATION, OPERATION_ACKNOWLEDGED, DRAIN, UNKNOWN ->
          Optional.empty();
    };
  }

  /** Of tasks and the executor that they came with, in the order of the event. */
  static Optional<String> problem(LinkEvent.RunTasks run) {
    Optional<String> bad = problem(run.getFrameworkInfo().getId());
    if (bad.isEmpty() && run.hasExecutor()) {
      bad = problem(run.getExecutor().getExecutorId());
    }
    Set<String> taken = new TreeSet<>();
    for (TaskInfo task : run.getTasksList()) {
      if (bad.isPresent()) {
        return bad;
      }
      bad = problem(task);
      if (bad.isEmpty() && !taken.add(task.getTaskId().getValue())) {
        bad = Optional.of("task_id " + task.getTaskId().getValue() + " comes twice");
      }
    }
    return bad;
  }

  static Optional<String> problem(FrameworkID frameworkId) {
    return id("framework_id", frameworkId.getValue());
  }

  static Optional<String> problem(TaskID taskId) {
    return id("task_id", taskId.getValue());
  }

  private static Optional<String> problem(ExecutorID executorId) {
    return id("executor_id", executorId.getValue());
  }

  private static Optional<String> problem(TaskInfo task) {
    Optional<ExecutorInfo> executor =
        task.hasExecutor() ? Optional.of(task.getExecutor()) : Optional.empty();
    return problem(task.getTaskId())
        .or(() -> executor.flatMap(info -> problem(info.getExecutorId())));
  }

  private static Optional<String> id(String field, String value) {
    return Identifiers.problem(value).map(problem -> field + " " + problem);
  }
}

package io.mesocosm.agent;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * All of an agent at one moment, immutable, for readers on other threads.
 *
 * @param agentId absent before the first registration
 * @param registered whether the master knows and hears this agent
 * @param frameworks those with tasks here
 * @param completedFrameworks those that had tasks here, oldest first, at most 50
 */
public record AgentSnapshot(
    Optional<AgentId> agentId,
    boolean registered,
    List<Framework> frameworks,
    List<Framework> completedFrameworks,
    Counters counters) {

  public AgentSnapshot {
    frameworks = List.copyOf(frameworks);
    completedFrameworks = List.copyOf(completedFrameworks);
  }

  /**
   * A framework as seen here.
   *
   * @param completedExecutors oldest first, at most 150
   */
  public record Framework(
      FrameworkInfo info, List<Executor> executors, List<Executor> completedExecutors) {
    public Framework {
      executors = List.copyOf(executors);
      completedExecutors = List.copyOf(completedExecutors);
    }
  }

  /**
   * A command task, or the task groups of one executor id.
   *
   * @param info as the framework gave it; absent for a command task
   * @param directory its sandbox
   * @param tasks those whose terminal status is not acknowledged
   * @param completedTasks oldest first, at most 200
   */
  public record Executor(
      ExecutorId id,
      String name,
      String source,
      Optional<ExecutorInfo> info,
      ContainerId containerId,
      String directory,
      List<Task> tasks,
      List<Task> completedTasks) {
    public Executor {
      tasks = List.copyOf(tasks);
      completedTasks = List.copyOf(completedTasks);
    }
  }

  /**
   * One task.
   *
   * @param state the newest, of which the scheduler may not know yet
   * @param statuses the last of each state, oldest first
   */
  public record Task(
      TaskInfo info,
      ContainerId containerId,
      String sandbox,
      TaskState state,
      List<TaskStatus> statuses) {
    public Task {
      statuses = List.copyOf(statuses);
    }
  }

  /** What has happened since the agent started. */
  public record Counters(
      long tasksFinished,
      long tasksFailed,
      long tasksKilled,
      long launchErrors,
      long validAcknowledgements,
      long invalidAcknowledgements,
      long registrations) {}
}

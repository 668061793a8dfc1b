package io.mesocosm.agent;

import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.DrainConfig;
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
 * @param total everything that the agent has, reservations and volumes made at run time included
 * @param operations those whose last status is not acknowledged, oldest first
 * @param drain present while the agent is being emptied
 */
public record AgentSnapshot(
    Optional<AgentId> agentId,
    boolean registered,
    List<Framework> frameworks,
    List<Framework> completedFrameworks,
    Resources total,
    List<LinkCall.UpdateOperation> operations,
    Optional<Drain> drain,
    Counters counters) {

  public AgentSnapshot {
    frameworks = List.copyOf(frameworks);
    completedFrameworks = List.copyOf(completedFrameworks);
    operations = List.copyOf(operations);
  }

  /**
   * A framework as seen here.
   *
   * @param completedExecutors oldest first, as many as the configuration says
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
   * @param phase RUNNING if it is not a process
   * @param custom whether it is a process of the framework's own
   * @param container of that process, once it runs
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
      ExecutorPhase phase,
      boolean custom,
      Optional<StartedContainer> container,
      List<Task> tasks,
      List<Task> completedTasks) {
    public Executor {
      tasks = List.copyOf(tasks);
      completedTasks = List.copyOf(completedTasks);
    }
  }

  /** How far a task has come. */
  public enum Stage {
    /** It waits for its executor to subscribe. */
    QUEUED,
    /** It is being carried out. */
    LAUNCHED,
    /** It has ended; its terminal status, or one before, is not acknowledged. */
    TERMINATED
  }

  /**
   * One task.
   *
   * @param container its own, once it runs; absent for tasks of custom executors
   * @param state the newest, of which the scheduler may not know yet
   * @param statuses the last of each state, oldest first
   */
  public record Task(
      TaskInfo info,
      ContainerId containerId,
      String sandbox,
      Optional<StartedContainer> container,
      Stage stage,
      TaskState state,
      List<TaskStatus> statuses) {
    public Task {
      statuses = List.copyOf(statuses);
    }
  }

  /**
   * How the agent is being emptied.
   *
   * @param since when it was told to
   */
  public record Drain(DrainConfig config, Instant since) {}

  /**
   * What has happened since the agent started.
   *
   * @param validUpdates statuses of tasks, whoever carries them out, those that an executor sent
   *     twice included
   * @param invalidUpdates statuses that were dropped: of executors that are not known, or not of an
   *     end while their framework is being shut down
   */
  public record Counters(
      long tasksFinished,
      long tasksFailed,
      long tasksKilled,
      long tasksLost,
      long tasksGone,
      long executorsTerminated,
      long launchErrors,
      long validUpdates,
      long invalidUpdates,
      long registrations) {}
}

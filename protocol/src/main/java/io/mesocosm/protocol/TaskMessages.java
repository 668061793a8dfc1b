package io.mesocosm.protocol;

import org.apache.mesos.v1.Protos.Task;
import org.apache.mesos.v1.Protos.TaskInfo;

/** Tasks as the operator APIs tell of them. */
public final class TaskMessages {
  private TaskMessages() {}

  /**
   * What is known of a task before it runs: all but its framework, agent, executor, resources,
   * state and statuses.
   */
  public static Task.Builder of(TaskInfo info) {
    Task.Builder task =
        Task.newBuilder()
            .setName(info.getName())
            .setTaskId(info.getTaskId())
            .putAllLimits(info.getLimitsMap());
    if (info.getCommand().hasUser()) {
      task.setUser(info.getCommand().getUser());
    }
    if (info.hasLabels()) {
      task.setLabels(info.getLabels());
    }
    if (info.hasDiscovery()) {
      task.setDiscovery(info.getDiscovery());
    }
    if (info.hasContainer()) {
      task.setContainer(info.getContainer());
    }
    if (info.hasHealthCheck()) {
      task.setHealthCheck(info.getHealthCheck());
    }
    if (info.hasKillPolicy()) {
      task.setKillPolicy(info.getKillPolicy());
    }
    return task;
  }
}

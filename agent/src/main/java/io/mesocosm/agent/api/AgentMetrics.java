package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.agent.ExecutorPhase;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.TaskState;

/** What an agent counts, under the names that tools know (contracts/mesos-operator-api.md §8). */
final class AgentMetrics {
  private AgentMetrics() {}

  static SortedMap<String, Double> values(AgentSnapshot snapshot, Duration uptime) {
    SortedMap<String, Double> values = new TreeMap<>();
    values.put("slave/registered", snapshot.registered() ? 1.0 : 0.0);
    values.put("slave/uptime_secs", uptime.toMillis() / 1e3);
    AgentSnapshot.Counters counters = snapshot.counters();
    values.put("slave/container_launch_errors", (double) counters.launchErrors());
    values.put("slave/valid_status_updates", (double) counters.validUpdates());
    values.put("slave/invalid_status_updates", (double) counters.invalidUpdates());
    values.put("slave/tasks_finished", (double) counters.tasksFinished());
    values.put("slave/tasks_failed", (double) counters.tasksFailed());
    values.put("slave/tasks_killed", (double) counters.tasksKilled());
    values.put("slave/tasks_lost", (double) counters.tasksLost());
    values.put("slave/tasks_gone", (double) counters.tasksGone());
    values.put("slave/frameworks_active", (double) snapshot.frameworks().size());
    List<AgentSnapshot.Executor> executors =
        snapshot.frameworks().stream().flatMap(it -> it.executors().stream()).toList();
    values.put("slave/executors_registering", inPhase(executors, ExecutorPhase.REGISTERING));
    values.put("slave/executors_running", inPhase(executors, ExecutorPhase.RUNNING));
    values.put("slave/executors_terminating", inPhase(executors, ExecutorPhase.TERMINATING));
    values.put("slave/executors_terminated", (double) counters.executorsTerminated());
    putTasks(values, executors);
    return values;
  }

  private static void putTasks(
      SortedMap<String, Double> values, List<AgentSnapshot.Executor> executors) {
    values.put("slave/tasks_staging", count(executors, TaskState.TASK_STAGING));
    values.put("slave/tasks_starting", count(executors, TaskState.TASK_STARTING));
    values.put("slave/tasks_running", count(executors, TaskState.TASK_RUNNING));
    values.put("slave/tasks_killing", count(executors, TaskState.TASK_KILLING));
  }

  private static double inPhase(List<AgentSnapshot.Executor> executors, ExecutorPhase phase) {
    return executors.stream().filter(executor -> executor.phase() == phase).count();
  }

  private static double count(List<AgentSnapshot.Executor> executors, TaskState state) {
    return executors.stream()
        .flatMap(executor -> executor.tasks().stream())
        .filter(task -> task.state() == state)
        .count();
  }
}

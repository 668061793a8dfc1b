package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.model.resource.Resources;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.TaskState;

/** The agent's metrics under the names that tools know (contracts/mesos-operator-api.md §8). */
final class AgentMetrics {
  private AgentMetrics() {}

  static SortedMap<String, Double> values(
      AgentSnapshot snapshot, AgentConfig config, Duration uptime) {
    SortedMap<String, Double> values = new TreeMap<>();
    values.put("slave/registered", snapshot.registered() ? 1.0 : 0.0);
    values.put("slave/uptime_secs", uptime.toMillis() / 1e3);
    values.put("slave/recovery_errors", 0.0);
    AgentSnapshot.Counters counters = snapshot.counters();
    values.put("slave/container_launch_errors", (double) counters.launchErrors());
    values.put("slave/valid_status_updates", (double) counters.validAcknowledgements());
    values.put("slave/invalid_status_updates", (double) counters.invalidAcknowledgements());
    values.put("slave/tasks_finished", (double) counters.tasksFinished());
    values.put("slave/tasks_failed", (double) counters.tasksFailed());
    values.put("slave/tasks_killed", (double) counters.tasksKilled());
    values.put("slave/tasks_lost", 0.0);
    values.put("slave/tasks_gone", 0.0);
    values.put("slave/frameworks_active", (double) snapshot.frameworks().size());
    List<AgentSnapshot.Executor> executors =
        snapshot.frameworks().stream().flatMap(it -> it.executors().stream()).toList();
    values.put("slave/executors_registering", 0.0);
    values.put("slave/executors_running", (double) executors.size());
    values.put("slave/executors_terminating", 0.0);
    values.put("slave/executors_terminated", 0.0);
    values.put("slave/executors_preempted", 0.0);
    putTasks(values, executors);
    putResources(values, executors, config);
    return values;
  }

  private static void putTasks(
      SortedMap<String, Double> values, List<AgentSnapshot.Executor> executors) {
    values.put("slave/tasks_staging", count(executors, TaskState.TASK_STAGING));
    values.put("slave/tasks_starting", count(executors, TaskState.TASK_STARTING));
    values.put("slave/tasks_running", count(executors, TaskState.TASK_RUNNING));
    values.put("slave/tasks_killing", count(executors, TaskState.TASK_KILLING));
  }

  private static double count(List<AgentSnapshot.Executor> executors, TaskState state) {
    return executors.stream()
        .flatMap(executor -> executor.tasks().stream())
        .filter(task -> task.state() == state)
        .count();
  }

  private static void putResources(
      SortedMap<String, Double> values,
      List<AgentSnapshot.Executor> executors,
      AgentConfig config) {
    Resources total = UsedResources.total(config);
    Resources used = Resources.NONE;
    for (AgentSnapshot.Executor executor : executors) {
      used = used.plus(UsedResources.of(executor));
    }
    for (String name : List.of("cpus", "gpus", "mem", "disk")) {
      double all = total.scalar(name).toDouble();
      double taken = used.scalar(name).toDouble();
      values.put("slave/" + name + "_total", all);
      values.put("slave/" + name + "_used", taken);
      values.put("slave/" + name + "_percent", all == 0 ? 0.0 : taken / all);
    }
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The master's {@code /state}, read once: tasks and where they run. */
record ClusterState(List<Task> tasks) {

  /**
   * @param agent nothing if the agent is gone
   */
  record Task(
      String id,
      String frameworkId,
      String frameworkName,
      String executorId,
      String hostname,
      Optional<Api> agent,
      String state,
      boolean isCompleted) {

    SandboxFile sandboxFile(String name) {
      Api known =
          agent.orElseThrow(() ->
              CommandFailure.failed(
                  "the agent of task " + id + " is gone, and its sandbox with it"));
      String executor = executorId.isEmpty() ? id : executorId;
      return new SandboxFile(known, frameworkId, executor, name);
    }
  }

  static ClusterState read(Api master) {
    JsonNode state = master.get("/state");
    Map<String, JsonNode> agents = new LinkedHashMap<>();
    state.path("slaves").forEach(agent -> agents.put(agent.path("id").asText(), agent));
    List<Task> tasks = new ArrayList<>();
    for (String list : List.of("frameworks", "completed_frameworks")) {
      for (JsonNode framework : state.path(list)) {
        framework
            .path("tasks")
            .forEach(task -> tasks.add(task(master, task, framework, agents, false)));
        framework
            .path("unreachable_tasks")
            .forEach(task -> tasks.add(task(master, task, framework, agents, false)));
        framework
            .path("completed_tasks")
            .forEach(task -> tasks.add(task(master, task, framework, agents, true)));
      }
    }
    return new ClusterState(List.copyOf(tasks));
  }

  boolean isRunning(Task task) {
    return tasks.stream()
        .anyMatch(other ->
            other.id().equals(task.id())
                && other.frameworkId().equals(task.frameworkId())
                && !other.isCompleted());
  }

  private static Task task(
      Api master,
      JsonNode task,
      JsonNode framework,
      Map<String, JsonNode> agents,
      boolean completed) {
    JsonNode agent = agents.get(task.path("slave_id").asText());
    String hostname = agent == null ? "-" : agent.path("hostname").asText();
    return new Task(
        task.path("id").asText(),
        framework.path("id").asText(),
        framework.path("name").asText(),
        task.path("executor_id").asText(),
        hostname,
        Optional.ofNullable(agent)
            .map(known -> master.neighbor("agent", hostname + ":" + known.path("port").asInt())),
        task.path("state").asText(),
        completed);
  }
}

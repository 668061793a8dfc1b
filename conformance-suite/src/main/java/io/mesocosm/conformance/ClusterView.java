package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks things up in the master's answers, asked for anew each time. */
public final class ClusterView {
  private final OperatorCalls master;

  /** Asks this master. */
  public ClusterView(OperatorCalls master) {
    this.master = master;
  }

  /** A registered framework, in the form of GET_FRAMEWORKS. */
  public Optional<JsonNode> framework(String id) {
    return framework("frameworks", id);
  }

  /** A framework that is gone. */
  public Optional<JsonNode> completedFramework(String id) {
    return framework("completed_frameworks", id);
  }

  /** A task of this list of GET_TASKS: tasks, unreachable_tasks, completed_tasks. */
  public Optional<JsonNode> task(String list, String taskId) {
    return Json.each(master.call("GET_TASKS").path(list))
        .filter(task -> task.at("/task_id/value").asText().equals(taskId))
        .findFirst();
  }

  /** The registered agents, in the form of GET_AGENTS. */
  public Stream<JsonNode> agents() {
    return Json.each(master.call("GET_AGENTS").path("agents"));
  }

  /** One of them. */
  public JsonNode agent(String id) {
    return agents()
        .filter(agent -> agent.at("/agent_info/id/value").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new Mismatch("agent " + id + " in GET_AGENTS", "absent"));
  }

  /** The value of a flag of the master; empty when it has none. */
  public Optional<String> flag(String name) {
    return Json.each(master.call("GET_FLAGS").path("flags"))
        .filter(flag -> flag.path("name").asText().equals(name) && flag.has("value"))
        .map(flag -> flag.path("value").asText())
        .findFirst();
  }

  private Optional<JsonNode> framework(String list, String id) {
    return Json.each(master.call("GET_FRAMEWORKS").path(list))
        .filter(framework -> framework.at("/framework_info/id/value").asText().equals(id))
        .findFirst();
  }
}

package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.LegacyJson;
import io.mesocosm.protocol.MesosJson;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;

/** Executors and tasks as the endpoints from before the v1 API show them. */
final class TaskJson {
  private final String agentId;
  private final JsonWriter json;

  TaskJson(String agentId, JsonWriter json) {
    this.agentId = agentId;
    this.json = json;
  }

  void writeExecutor(AgentSnapshot.Executor executor, String frameworkId) {
    json.beginObject()
        .field("id", executor.id().value())
        .field("name", executor.name())
        .field("source", executor.source())
        .field("container", executor.containerId().value())
        .field("directory", executor.directory());
    LegacyJson.resources(json.name("resources"), UsedResources.of(executor));
    executor
        .info()
        .ifPresent(info -> {
          if (info.hasLabels()) {
            writeLabels(info.getLabels());
          }
          json.field("type", info.getType().name());
        });
    role(executor).ifPresent(role -> json.field("role", role));
    writeTasks("tasks", notQueued(executor), executor, frameworkId);
    json.name("queued_tasks").beginArray();
    executor.tasks().stream()
        .filter(task -> task.stage() == AgentSnapshot.Stage.QUEUED)
        .forEach(task -> writeQueued(task.info(), executor));
    json.endArray();
    writeTasks("completed_tasks", executor.completedTasks(), executor, frameworkId);
    json.endObject();
  }

  private static List<AgentSnapshot.Task> notQueued(AgentSnapshot.Executor executor) {
    return executor.tasks().stream()
        .filter(task -> task.stage() != AgentSnapshot.Stage.QUEUED)
        .toList();
  }

  private void writeTasks(
      String name,
      List<AgentSnapshot.Task> tasks,
      AgentSnapshot.Executor executor,
      String frameworkId) {
    json.name(name).beginArray();
    for (AgentSnapshot.Task task : tasks) {
      // Of command tasks the executor is the agent's own affair.
      String executorId = executor.info().isPresent() ? executor.id().value() : "";
      writeTask(task, executorId, frameworkId);
    }
    json.endArray();
  }

  private void writeQueued(TaskInfo info, AgentSnapshot.Executor executor) {
    json.beginObject()
        .field("id", info.getTaskId().getValue())
        .field("name", info.getName())
        .field("slave_id", agentId);
    LegacyJson.resources(json.name("resources"), UsedResources.model(info.getResourcesList()));
    json.field("role", role(info.getResourcesList()).orElse("*"));
    if (info.hasCommand()) {
      MesosJson.write(info.getCommand(), json.name("command"));
    }
    if (executor.info().isPresent()) {
      json.field("executor_id", executor.id().value());
    }
    if (info.hasDiscovery()) {
      MesosJson.write(info.getDiscovery(), json.name("discovery"));
    }
    json.endObject();
  }

  private void writeTask(AgentSnapshot.Task task, String executorId, String frameworkId) {
    TaskInfo info = task.info();
    json.beginObject()
        .field("id", info.getTaskId().getValue())
        .field("name", info.getName())
        .field("framework_id", frameworkId)
        .field("executor_id", executorId)
        .field("slave_id", agentId)
        .field("state", task.state().name());
    LegacyJson.resources(json.name("resources"), UsedResources.model(info.getResourcesList()));
    if (info.getLimitsCount() > 0) {
      json.name("limits").beginObject();
      new TreeMap<>(info.getLimitsMap())
          .forEach((name, limit) -> writeLimit(name, limit.getValue()));
      json.endObject();
    }
    json.field("role", role(info.getResourcesList()).orElse("*"));
    json.name("statuses").beginArray();
    task.statuses().forEach(this::writeStatus);
    json.endArray();
    if (info.getCommand().hasUser()) {
      json.field("user", info.getCommand().getUser());
    }
    if (info.hasLabels()) {
      writeLabels(info.getLabels());
    }
    if (info.hasDiscovery()) {
      MesosJson.write(info.getDiscovery(), json.name("discovery"));
    }
    if (info.hasContainer()) {
      MesosJson.write(info.getContainer(), json.name("container"));
    }
    if (info.hasHealthCheck()) {
      MesosJson.write(info.getHealthCheck(), json.name("health_check"));
    }
    json.endObject();
  }

  private void writeStatus(TaskStatus status) {
    json.beginObject()
        .field("state", status.getState().name())
        .field("timestamp", status.getTimestamp());
    if (status.hasLabels()) {
      writeLabels(status.getLabels());
    }
    if (status.hasContainerStatus()) {
      MesosJson.write(status.getContainerStatus(), json.name("container_status"));
    }
    if (status.hasHealthy()) {
      json.field("healthy", status.getHealthy());
    }
    json.endObject();
  }

  private void writeLabels(Labels labels) {
    json.name("labels").beginArray();
    for (Label label : labels.getLabelsList()) {
      json.beginObject().field("key", label.getKey());
      if (label.hasValue()) {
        json.field("value", label.getValue());
      }
      json.endObject();
    }
    json.endArray();
  }

  /** JSON has no number for what is not limited. */
  private void writeLimit(String name, double limit) {
    if (Double.isInfinite(limit)) {
      json.field(name, "Infinity");
    } else {
      json.field(name, limit);
    }
  }

  /** Of its own resources, else of any task's. */
  private static Optional<String> role(AgentSnapshot.Executor executor) {
    return executor
        .info()
        .flatMap(info -> role(info.getResourcesList()))
        .or(() ->
            executor.tasks().stream()
                .flatMap(task -> role(task.info().getResourcesList()).stream())
                .findFirst());
  }

  private static Optional<String> role(List<Resource> resources) {
    return resources.stream()
        .filter(Resource::hasAllocationInfo)
        .map(resource -> resource.getAllocationInfo().getRole())
        .findFirst();
  }
}

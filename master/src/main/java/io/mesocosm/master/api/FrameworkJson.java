package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.master.Offer;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.ResourceMapping;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;

/** A framework, its tasks, executors and offers in the legacy form (§6). */
final class FrameworkJson {
  private FrameworkJson() {}

  /** The fields that {@code /state-summary} has too, without the braces. */
  static void summaryFields(JsonWriter json, FrameworkView framework) {
    FrameworkInfo info = framework.info();
    json.field("id", framework.id().value());
    json.field("name", info.getName());
    ResourceJson.write(json, "used_resources", framework.used());
    ResourceJson.write(json, "offered_resources", framework.offered());
    WireJson.capabilities(json, info.getCapabilitiesList());
    json.field("hostname", info.getHostname());
    json.field("webui_url", info.getWebuiUrl());
    json.field("active", framework.active());
    json.field("connected", framework.connected());
    json.field("recovered", framework.recovered());
  }

  static void write(JsonWriter json, FrameworkView framework) {
    FrameworkInfo info = framework.info();
    json.beginObject();
    summaryFields(json, framework);
    json.field("user", info.getUser());
    json.field("failover_timeout", info.getFailoverTimeout());
    json.field("checkpoint", info.getCheckpoint());
    json.field("registered_time", WireJson.seconds(framework.registeredAt()));
    json.field("unregistered_time", framework.unregisteredAt().map(WireJson::seconds).orElse(0.0));
    if (info.hasPrincipal()) {
      json.field("principal", info.getPrincipal());
    }
    ResourceJson.write(json, "resources", framework.used().plus(framework.offered()));
    framework
        .reregisteredAt()
        .ifPresent(time -> json.field("reregistered_time", WireJson.seconds(time)));
    roles(json, framework);
    tasks(json, "tasks", framework.tasks());
    tasks(json, "unreachable_tasks", framework.unreachableTasks());
    tasks(json, "completed_tasks", framework.completedTasks());
    json.name("offers").beginArray();
    framework.offers().forEach(offer -> offer(json, offer));
    json.endArray();
    executors(json, framework);
    WireJson.labels(json, info.getLabels());
    json.name("offer_constraints").beginObject().endObject();
    json.endObject();
  }

  @SuppressWarnings("deprecation") // role is what frameworks without MULTI_ROLE have
  private static void roles(JsonWriter json, FrameworkView framework) {
    boolean multiRole =
        framework.info().getCapabilitiesList().stream()
            .anyMatch(
                capability -> capability.getType() == FrameworkInfo.Capability.Type.MULTI_ROLE);
    if (multiRole) {
      json.name("roles").beginArray();
      framework.roles().forEach(json::value);
      json.endArray();
    } else {
      json.field("role", framework.info().getRole());
    }
  }

  private static void tasks(JsonWriter json, String name, Collection<TaskView> tasks) {
    json.name(name).beginArray();
    tasks.forEach(task -> task(json, task));
    json.endArray();
  }

  static void task(JsonWriter json, TaskView task) {
    TaskInfo info = task.info();
    json.beginObject();
    json.field("id", task.id().value());
    json.field("name", info.getName());
    json.field("framework_id", task.framework().value());
    json.field("executor_id", info.getExecutor().getExecutorId().getValue());
    json.field("slave_id", task.agent().value());
    json.field("state", task.state().name());
    ResourceJson.write(json, "resources", task.resources());
    if (info.getLimitsCount() > 0) {
      json.name("limits").beginObject();
      info.getLimitsMap().forEach((resource, limit) -> json.field(resource, limit.getValue()));
      json.endObject();
    }
    json.field("role", task.role());
    WireJson.statuses(json, task.statuses());
    if (info.getCommand().hasUser()) {
      json.field("user", info.getCommand().getUser());
    }
    WireJson.labels(json, info.getLabels());
    if (info.hasDiscovery()) {
      WireJson.message(json, "discovery", info.getDiscovery());
    }
    if (info.hasContainer()) {
      WireJson.message(json, "container", info.getContainer());
    }
    if (info.hasHealthCheck()) {
      WireJson.message(json, "health_check", info.getHealthCheck());
    }
    json.endObject();
  }

  private static void offer(JsonWriter json, Offer offer) {
    json.beginObject();
    json.field("id", offer.id().value());
    json.field("framework_id", offer.framework().value());
    json.name("allocation_info").beginObject().field("role", offer.role()).endObject();
    json.field("slave_id", offer.agent().value());
    ResourceJson.write(json, "resources", offer.resources());
    json.endObject();
  }

  /** Those of the running tasks, each once. */
  private static void executors(JsonWriter json, FrameworkView framework) {
    Set<String> seen = new TreeSet<>();
    json.name("executors").beginArray();
    for (TaskView task : framework.tasks()) {
      if (task.info().hasExecutor()) {
        ExecutorInfo executor = task.info().getExecutor();
        String key = task.agent() + "/" + executor.getExecutorId().getValue();
        if (seen.add(key)) {
          executor(json, executor, task);
        }
      }
    }
    json.endArray();
  }

  private static Resources resources(ExecutorInfo executor) {
    try {
      return ResourceMapping.toModel(executor.getResourcesList());
    } catch (InvalidMessageException e) {
      // Tasks with such an executor are refused at launch.
      throw new IllegalStateException(
          "executor " + executor.getExecutorId().getValue() + " was launched with bad resources",
          e);
    }
  }

  private static void executor(JsonWriter json, ExecutorInfo executor, TaskView task) {
    json.beginObject();
    json.field("executor_id", executor.getExecutorId().getValue());
    json.field("name", executor.getName());
    json.field("framework_id", task.framework().value());
    WireJson.message(json, "command", executor.getCommand());
    ResourceJson.write(json, "resources", resources(executor));
    json.field("role", task.role());
    WireJson.labels(json, executor.getLabels());
    if (executor.hasType()) {
      json.field("type", executor.getType().name());
    }
    json.field("slave_id", task.agent().value());
    json.endObject();
  }
}

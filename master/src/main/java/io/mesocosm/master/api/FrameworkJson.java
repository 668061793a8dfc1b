package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot.ExecutorView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.master.Offer;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.protocol.JsonWriter;
import java.util.Collection;
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
    json.name("executors").beginArray();
    framework.executors().forEach(executor -> executor(json, executor));
    json.endArray();
    WireJson.labels(json, info.getLabels());
    WireJson.message(json, "offer_constraints", framework.constraints());
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
    json.field("executor_id", task.executor().map(ExecutorId::value).orElse(""));
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

  private static void executor(JsonWriter json, ExecutorView view) {
    ExecutorInfo executor = view.info();
    json.beginObject();
    json.field("executor_id", executor.getExecutorId().getValue());
    json.field("name", executor.getName());
    json.field("framework_id", view.framework().value());
    WireJson.command(json, executor.getCommand());
    ResourceJson.write(json, "resources", view.resources());
    view.resources().entries().stream()
        .flatMap(entry -> entry.allocationRole().stream())
        .findFirst()
        .ifPresent(role -> json.field("role", role));
    WireJson.labels(json, executor.getLabels());
    if (executor.hasType()) {
      json.field("type", executor.getType().name());
    }
    json.field("slave_id", view.agent().value());
    json.endObject();
  }
}

package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.LegacyJson;
import io.mesocosm.protocol.MesosJson;
import io.mesocosm.protocol.ResourceMapping;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.FrameworkInfo;

/** The agent's {@code /state} (contracts/mesos-operator-api.md §7). */
final class AgentStateJson {
  private AgentStateJson() {}

  static JsonWriter render(AgentFacts facts, Visible visible) {
    AgentConfig config = facts.config();
    AgentSnapshot all = facts.snapshot();
    AgentSnapshot snapshot = visible.of(all);
    String id = all.agentId().map(AgentId::value).orElse("");
    JsonWriter json = new JsonWriter(8192).beginObject();
    writeBuild(config, json);
    json.field("start_time", facts.startedAt().toEpochMilli() / 1e3)
        .field("id", id)
        .field("pid", config.pid())
        .field("hostname", config.agentInfo().getHostname());
    json.name("capabilities").beginArray();
    AgentConfig.CAPABILITIES.forEach(json::value);
    json.endArray();
    if (config.agentInfo().hasDomain()) {
      MesosJson.write(config.agentInfo().getDomain(), json.name("domain"));
    }
    all.drain()
        .ifPresent(drain -> {
          MesosJson.write(drain.config(), json.name("drain_config"));
          json.field("estimated_drain_start_time_seconds", drain.since().toEpochMilli() / 1e3);
        });
    writeResources(snapshot.total(), visible.of(allocated(all)), json);
    json.name("resource_providers").beginArray().endArray();
    LegacyJson.attributes(json.name("attributes"), config.agentInfo().getAttributesList());
    if (visible.may(Action.VIEW_FLAGS)) {
      writeFlags(facts.flags(), json);
    }
    TaskJson tasks = new TaskJson(id, json);
    json.name("frameworks").beginArray();
    snapshot.frameworks().forEach(framework -> writeFramework(framework, tasks, json));
    json.endArray().name("completed_frameworks").beginArray();
    snapshot.completedFrameworks().forEach(framework -> writeFramework(framework, tasks, json));
    return json.endArray().endObject();
  }

  static void writeBuild(AgentConfig config, JsonWriter json) {
    json.field("version", config.version())
        .field("build_date", "")
        .field("build_time", 0.0)
        .field("build_user", "");
  }

  static void writeFlags(SortedMap<String, String> flags, JsonWriter json) {
    json.name("flags").beginObject();
    flags.forEach(json::field);
    json.endObject();
  }

  private static Resources allocated(AgentSnapshot snapshot) {
    Resources allocated = Resources.NONE;
    for (AgentSnapshot.Framework framework : snapshot.frameworks()) {
      for (AgentSnapshot.Executor executor : framework.executors()) {
        allocated = allocated.plus(UsedResources.of(executor));
      }
    }
    return allocated;
  }

  private static void writeResources(Resources total, Resources allocated, JsonWriter json) {
    LegacyJson.resources(json.name("resources"), total);
    writeReserved("reserved_resources", total, json);
    LegacyJson.resources(json.name("unreserved_resources"), unreserved(total));
    json.name("reserved_resources_full").beginObject();
    for (String role : roles(total)) {
      writeFull(json.name(role), total.filter(it -> isReserved(it, role)));
    }
    json.endObject();
    writeFull(json.name("unreserved_resources_full"), unreserved(total));
    writeReserved("reserved_resources_allocated", allocated, json);
    LegacyJson.resources(json.name("unreserved_resources_allocated"), unreserved(allocated));
  }

  private static void writeReserved(String name, Resources resources, JsonWriter json) {
    json.name(name).beginObject();
    for (String role : roles(resources)) {
      LegacyJson.resources(json.name(role), resources.filter(it -> isReserved(it, role)));
    }
    json.endObject();
  }

  private static void writeFull(JsonWriter json, Resources resources) {
    json.beginArray();
    ResourceMapping.toProtoLegacy(resources).forEach(resource -> MesosJson.write(resource, json));
    json.endArray();
  }

  private static Resources unreserved(Resources resources) {
    return resources.filter(resource -> resource.reservations().isEmpty());
  }

  private static boolean isReserved(Resource resource, String role) {
    return !resource.reservations().isEmpty() && resource.role().equals(role);
  }

  private static SortedSet<String> roles(Resources resources) {
    SortedSet<String> roles = new TreeSet<>();
    for (Resource resource : resources.entries()) {
      if (!resource.reservations().isEmpty()) {
        roles.add(resource.role());
      }
    }
    return roles;
  }

  @SuppressWarnings("deprecation") // role is out of use in the .proto files, not in clients
  private static void writeFramework(
      AgentSnapshot.Framework framework, TaskJson tasks, JsonWriter json) {
    FrameworkInfo info = framework.info();
    json.beginObject()
        .field("id", info.getId().getValue())
        .field("name", info.getName())
        .field("user", info.getUser())
        .field("failover_timeout", info.getFailoverTimeout())
        .field("checkpoint", info.getCheckpoint())
        .field("hostname", info.getHostname());
    if (info.hasPrincipal()) {
      json.field("principal", info.getPrincipal());
    }
    if (info.getRolesCount() > 0) {
      json.name("roles").beginArray();
      info.getRolesList().forEach(json::value);
      json.endArray();
    } else {
      json.field("role", info.getRole());
    }
    writeExecutors("executors", framework.executors(), info, tasks, json);
    writeExecutors("completed_executors", framework.completedExecutors(), info, tasks, json);
    json.endObject();
  }

  private static void writeExecutors(
      String name,
      List<AgentSnapshot.Executor> executors,
      FrameworkInfo framework,
      TaskJson tasks,
      JsonWriter json) {
    json.name(name).beginArray();
    executors.forEach(executor -> tasks.writeExecutor(executor, framework.getId().getValue()));
    json.endArray();
  }
}

package io.mesocosm.services.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot.Counts;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.instance.Reservation;
import io.mesocosm.services.instance.Reservation.LocalVolume;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes apps as they are, and their tasks (contracts/marathon-api.md §4, §11). */
public final class SnapshotWriter {
  private SnapshotWriter() {}

  /**
   * What is asked for beside a definition; row "embed for apps" of §2.
   *
   * @param tasks implies {@code deployments}
   */
  public record Embed(
      boolean counts,
      boolean deployments,
      boolean tasks,
      boolean lastTaskFailure,
      boolean readiness) {
    /** Of lists of apps, whatever else is asked for. */
    public static final Embed LIST = new Embed(true, true, false, false, false);

    /** Of one app, whatever else is asked for. */
    public static final Embed ONE = new Embed(true, true, true, true, false);

    /** Reads the values of {@code embed}; those that nobody knows are passed over. */
    public Embed and(List<String> values, String prefix) {
      Embed embed = this;
      for (String value : values) {
        String name = value.startsWith(prefix) ? value.substring(prefix.length()) : value;
        embed =
            switch (name) {
              case "counts" ->
                  new Embed(
                      true, embed.deployments, embed.tasks, embed.lastTaskFailure, embed.readiness);
              case "deployments" ->
                  new Embed(
                      embed.counts, true, embed.tasks, embed.lastTaskFailure, embed.readiness);
              case "tasks" ->
                  new Embed(embed.counts, true, true, embed.lastTaskFailure, embed.readiness);
              case "lastTaskFailure", "failures" ->
                  new Embed(embed.counts, embed.deployments, embed.tasks, true, embed.readiness);
              case "readiness" ->
                  new Embed(
                      embed.counts, embed.deployments, embed.tasks, embed.lastTaskFailure, true);
              default -> embed;
            };
      }
      return embed;
    }
  }

  /** An app with what is asked for. */
  public static ObjectNode app(SpecView view, Embed embed) {
    return JsonStream.tree(json -> writeApp(view, embed, json));
  }

  /** As {@link #app}, without holding it. */
  public static void writeApp(SpecView view, Embed embed, JsonGenerator json) throws IOException {
    json.writeStartObject();
    writeFields(AppWriter.write(view.app()), json);
    if (embed.counts()) {
      Counts counts = view.counts();
      json.writeNumberField("tasksStaged", counts.staged());
      json.writeNumberField("tasksRunning", counts.running());
      json.writeNumberField("tasksHealthy", counts.healthy());
      json.writeNumberField("tasksUnhealthy", counts.unhealthy());
    }
    if (embed.deployments()) {
      writeDeployments(view.deployments(), json);
    }
    if (embed.tasks()) {
      json.writeArrayFieldStart("tasks");
      for (InstanceView instance : view.instances()) {
        if (isLive(instance)) {
          writeTask(instance, json);
        }
      }
      json.writeEndArray();
    }
    if (embed.lastTaskFailure() && view.lastTaskFailure().isPresent()) {
      json.writeFieldName("lastTaskFailure");
      writeFailure(view.lastTaskFailure().get(), json);
    }
    if (embed.readiness()) {
      writeFields(ReadinessWriter.write(view.readiness()), json);
    }
    json.writeEndObject();
  }

  private static void writeFields(ObjectNode fields, JsonGenerator json) throws IOException {
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      json.writeFieldName(field.getKey());
      json.writeTree(field.getValue());
    }
  }

  /** An app that was made just now: nothing runs yet, and a deployment is under way. */
  public static ObjectNode created(AppDefinition app, DeploymentId deployment) {
    ObjectNode json = AppWriter.write(app);
    json.put("tasksStaged", 0);
    json.put("tasksRunning", 0);
    json.put("tasksHealthy", 0);
    json.put("tasksUnhealthy", 0);
    json.putArray("deployments").addObject().put("id", deployment.value());
    json.putArray("tasks");
    return json;
  }

  private static void writeDeployments(List<DeploymentId> ids, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart("deployments");
    for (DeploymentId id : ids) {
      json.writeStartObject();
      json.writeStringField("id", id.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The instances that readers hear of: those of apps that have not ended. */
  public static List<InstanceView> live(SpecView view) {
    return view.isPod()
        ? List.of()
        : view.instances().stream().filter(SnapshotWriter::isLive).toList();
  }

  private static boolean isLive(InstanceView view) {
    return !view.instance().condition().isTerminal();
  }

  public static void writeTask(InstanceView view, JsonGenerator json) throws IOException {
    json.writeStartObject();
    writeTaskFields(view.instance(), (AppDefinition) view.spec(), json);
    json.writeArrayFieldStart("healthCheckResults");
    for (HealthResult result : view.healthResults()) {
      write(result, json);
    }
    json.writeEndArray();
    if (!view.instance().wanted()) {
      // Ours: whoever sends requests there has to stop.
      json.writeBooleanField("ending", true);
    }
    json.writeEndObject();
  }

  /** A task without its health. */
  public static ObjectNode task(Instance instance, AppDefinition app) {
    return JsonStream.tree(json -> {
      json.writeStartObject();
      writeTaskFields(instance, app, json);
      json.writeEndObject();
    });
  }

  private static void writeTaskFields(Instance instance, AppDefinition app, JsonGenerator json)
      throws IOException {
    Placement placement = instance.placement();
    json.writeStringField("id", instance.taskId());
    json.writeStringField("appId", app.id().path());
    json.writeStringField("host", placement.hostname());
    json.writeStringField("slaveId", placement.agentId());
    json.writeStringField("state", instance.mesosState());
    json.writeStringField("role", placement.role());
    if (placement.region().isPresent()) {
      json.writeStringField("region", placement.region().get());
    }
    if (placement.zone().isPresent()) {
      json.writeStringField("zone", placement.zone().get());
    }
    json.writeStringField("stagedAt", Timestamps.format(instance.stagedAt()));
    writeTime("startedAt", instance.startedAt(), json);
    json.writeStringField("version", Timestamps.format(instance.version()));
    json.writeArrayFieldStart("ports");
    for (int port : placement.hostPorts()) {
      if (port != 0) {
        json.writeNumber(port);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("servicePorts");
    for (int port : app.servicePorts()) {
      json.writeNumber(port);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("ipAddresses");
    for (String address : instance.ipAddresses()) {
      json.writeStartObject();
      json.writeStringField("ipAddress", address);
      json.writeStringField("protocol", address.contains(":") ? "IPv6" : "IPv4");
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("localVolumes");
    List<LocalVolume> volumes = instance.reservation().map(Reservation::volumes).orElse(List.of());
    for (LocalVolume volume : volumes) {
      json.writeStartObject();
      json.writeStringField("runSpecId", app.id().path());
      json.writeStringField("containerPath", volume.containerPath());
      json.writeStringField("uuid", volume.uuid());
      json.writeStringField("persistenceId", volume.persistenceId());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(HealthResult result, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("instanceId", result.instance().toString());
    json.writeBooleanField("alive", result.alive());
    json.writeNumberField("consecutiveFailures", result.consecutiveFailures());
    writeTime("firstSuccess", result.firstSuccess(), json);
    writeTime("lastSuccess", result.lastSuccess(), json);
    writeTime("lastFailure", result.lastFailure(), json);
    if (result.lastFailureCause().isPresent()) {
      json.writeStringField("lastFailureCause", result.lastFailureCause().get());
    }
    json.writeEndObject();
  }

  private static void writeTime(String name, Optional<Instant> at, JsonGenerator json)
      throws IOException {
    if (at.isPresent()) {
      json.writeStringField(name, Timestamps.format(at.get()));
    }
  }

  static void put(ObjectNode into, String name, Optional<Instant> instant) {
    instant.ifPresent(given -> into.put(name, Timestamps.format(given)));
  }

  private static void writeFailure(TaskFailure failure, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("appId", failure.app().path());
    json.writeStringField("host", failure.host());
    json.writeStringField("message", failure.message());
    json.writeStringField("state", failure.state());
    json.writeStringField("taskId", failure.taskId());
    json.writeStringField("timestamp", Timestamps.format(failure.at()));
    json.writeStringField("version", Timestamps.format(failure.version()));
    json.writeStringField("slaveId", failure.agentId());
    json.writeEndObject();
  }
}

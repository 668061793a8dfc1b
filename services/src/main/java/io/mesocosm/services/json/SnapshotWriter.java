package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot.AppView;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Writes apps as they are, and their tasks (contracts/marathon-api.md §4, §11). */
public final class SnapshotWriter {
  private SnapshotWriter() {}

  /**
   * What is asked for beside a definition; row "embed for apps" of §2.
   *
   * @param tasks implies {@code deployments}
   */
  public record Embed(boolean counts, boolean deployments, boolean tasks, boolean lastTaskFailure) {
    /** Of lists of apps, whatever else is asked for. */
    public static final Embed LIST = new Embed(true, true, false, false);

    /** Of one app, whatever else is asked for. */
    public static final Embed ONE = new Embed(true, true, true, true);

    /** Reads the values of {@code embed}; those that nobody knows are passed over. */
    public Embed and(List<String> values, String prefix) {
      Embed embed = this;
      for (String value : values) {
        String name = value.startsWith(prefix) ? value.substring(prefix.length()) : value;
        embed =
            switch (name) {
              case "counts" ->
                  new Embed(true, embed.deployments, embed.tasks, embed.lastTaskFailure);
              case "deployments" ->
                  new Embed(embed.counts, true, embed.tasks, embed.lastTaskFailure);
              case "tasks" -> new Embed(embed.counts, true, true, embed.lastTaskFailure);
              case "lastTaskFailure", "failures" ->
                  new Embed(embed.counts, embed.deployments, embed.tasks, true);
              default -> embed;
            };
      }
      return embed;
    }
  }

  /** An app with what is asked for. */
  public static ObjectNode app(AppView view, Embed embed) {
    ObjectNode json = AppWriter.write(view.app());
    if (embed.counts()) {
      json.put("tasksStaged", view.tasksStaged());
      json.put("tasksRunning", view.tasksRunning());
      json.put("tasksHealthy", view.tasksHealthy());
      json.put("tasksUnhealthy", view.tasksUnhealthy());
    }
    if (embed.deployments()) {
      putDeployments(json, view.deployments());
    }
    if (embed.tasks()) {
      ArrayNode tasks = json.putArray("tasks");
      live(view).forEach(instance -> tasks.add(task(instance)));
    }
    if (embed.lastTaskFailure()) {
      view.lastTaskFailure().ifPresent(failure -> json.set("lastTaskFailure", failure(failure)));
    }
    return json;
  }

  /** An app that was made just now: nothing runs yet, and a deployment is under way. */
  public static ObjectNode created(AppDefinition app, DeploymentId deployment) {
    ObjectNode json = AppWriter.write(app);
    json.put("tasksStaged", 0);
    json.put("tasksRunning", 0);
    json.put("tasksHealthy", 0);
    json.put("tasksUnhealthy", 0);
    putDeployments(json, List.of(deployment));
    json.putArray("tasks");
    return json;
  }

  private static void putDeployments(ObjectNode json, List<DeploymentId> ids) {
    ArrayNode deployments = json.putArray("deployments");
    ids.forEach(id -> deployments.addObject().put("id", id.value()));
  }

  /** The instances that readers hear of: those that have not ended. */
  public static List<InstanceView> live(AppView view) {
    return view.instances().stream()
        .filter(instance -> !instance.instance().condition().isTerminal())
        .toList();
  }

  public static ObjectNode task(InstanceView view) {
    ObjectNode json = task(view.instance(), view.app());
    ArrayNode results = json.putArray("healthCheckResults");
    view.healthResults().forEach(result -> write(result, results.addObject()));
    return json;
  }

  /** A task without its health. */
  public static ObjectNode task(Instance instance, AppDefinition app) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", instance.taskId());
    json.put("appId", app.id().path());
    json.put("host", instance.placement().hostname());
    json.put("slaveId", instance.placement().agentId());
    json.put("state", instance.mesosState());
    json.put("role", instance.placement().role());
    instance.placement().region().ifPresent(region -> json.put("region", region));
    instance.placement().zone().ifPresent(zone -> json.put("zone", zone));
    json.put("stagedAt", Timestamps.format(instance.stagedAt()));
    instance.startedAt().ifPresent(at -> json.put("startedAt", Timestamps.format(at)));
    json.put("version", Timestamps.format(instance.version()));
    ArrayNode ports = json.putArray("ports");
    instance.placement().hostPorts().stream().filter(port -> port != 0).forEach(ports::add);
    ArrayNode servicePorts = json.putArray("servicePorts");
    app.servicePorts().forEach(servicePorts::add);
    ArrayNode addresses = json.putArray("ipAddresses");
    for (String address : instance.ipAddresses()) {
      addresses
          .addObject()
          .put("ipAddress", address)
          .put("protocol", address.contains(":") ? "IPv6" : "IPv4");
    }
    json.putArray("localVolumes");
    return json;
  }

  private static void write(HealthResult result, ObjectNode into) {
    into.put("instanceId", result.instance().toString());
    into.put("alive", result.alive());
    into.put("consecutiveFailures", result.consecutiveFailures());
    put(into, "firstSuccess", result.firstSuccess());
    put(into, "lastSuccess", result.lastSuccess());
    put(into, "lastFailure", result.lastFailure());
    result.lastFailureCause().ifPresent(cause -> into.put("lastFailureCause", cause));
  }

  static void put(ObjectNode into, String name, Optional<Instant> instant) {
    instant.ifPresent(given -> into.put(name, Timestamps.format(given)));
  }

  private static ObjectNode failure(TaskFailure failure) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("appId", failure.app().path())
        .put("host", failure.host())
        .put("message", failure.message())
        .put("state", failure.state())
        .put("taskId", failure.taskId())
        .put("timestamp", Timestamps.format(failure.at()))
        .put("version", Timestamps.format(failure.version()))
        .put("slaveId", failure.agentId());
  }
}

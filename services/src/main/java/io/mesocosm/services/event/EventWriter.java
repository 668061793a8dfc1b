package io.mesocosm.services.event;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.json.AppWriter;
import io.mesocosm.services.json.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Says how each event is shown, field by field (contracts/marathon-api.md §8, marathon-pods.md §8).
 * Some things that happen are shown as two events, some as none. Thread-safe.
 */
public final class EventWriter {
  private final Supplier<String> master;

  /**
   * @param master the host of the master that we are subscribed at, empty if it is not known; asked
   *     on the streams' and the alerts' threads
   */
  public EventWriter(Supplier<String> master) {
    this.master = master;
  }

  /** The frames of one event, in the order in which they are to be sent. */
  public List<EventFrame> write(ServicesEvent event) {
    return switch (event) {
      case ServicesEvent.Noticed(ServicesNotice notice) -> notice(notice);
      case ServicesEvent.AppPosted posted ->
          one(
              "api_post_event",
              json -> {
                putClient(json, posted.clientIp(), posted.uri());
                json.set("appDefinition", AppWriter.write(posted.app()));
              });
      case ServicesEvent.PodPosted posted ->
          one(
              "pod_" + posted.act().name().toLowerCase(Locale.ROOT) + "_event",
              json -> putClient(json, posted.clientIp(), posted.uri()));
      case ServicesEvent.GroupChanged changed ->
          List.of(groupChanged(changed.group(), changed.version()));
      case ServicesEvent.GroupChangeFailed failed ->
          one(
              "group_change_failed",
              json ->
                  json.put("groupId", failed.group().path())
                      .put("version", Timestamps.format(failed.version()))
                      .put("reason", failed.reason()));
      case ServicesEvent.FrameworkMessage sent ->
          one(
              "framework_message_event",
              json ->
                  json.put("executorId", sent.executorId())
                      .put("slaveId", sent.agentId())
                      .put("message", sent.message()));
      case ServicesEvent.StreamAttached attached ->
          one("event_stream_attached", json -> json.put("remoteAddress", attached.remoteAddress()));
      case ServicesEvent.StreamDetached detached ->
          one("event_stream_detached", json -> json.put("remoteAddress", detached.remoteAddress()));
    };
  }

  private List<EventFrame> notice(ServicesNotice notice) {
    return switch (notice) {
      case ServicesNotice.Subscribed subscribed -> List.of(subscribed(subscribed));
      case ServicesNotice.Disconnected _ -> one("scheduler_disconnected_event", _ -> {});
      case ServicesNotice.StatusUpdated updated -> List.of(statusUpdate(updated));
      case ServicesNotice.InstanceChanged(Instance instance) -> List.of(changed(instance));
      case ServicesNotice.UnknownInstanceTerminated unknown -> List.of(terminated(unknown));
      case ServicesNotice.InstanceHealthChanged changed -> healthChanged(changed);
      case ServicesNotice.HealthCheckFailed failed ->
          one(
              "failed_health_check_event",
              json -> {
                Instance instance = failed.instance();
                json.put("appId", instance.id().app().path());
                json.put("taskId", instance.id().toString());
                AppWriter.write(failed.check(), json.putObject("healthCheck"));
              });
      case ServicesNotice.HealthCheckAdded added ->
          one(
              "add_health_check_event",
              json -> {
                json.put("appId", added.app().path());
                json.put("version", Timestamps.format(added.version()));
                AppWriter.write(added.check(), json.putObject("healthCheck"));
              });
      case ServicesNotice.HealthCheckRemoved(AppId app) ->
          one("remove_health_check_event", json -> json.put("appId", app.path()));
      case ServicesNotice.UnhealthyInstanceKilled killed -> List.of(unhealthyKilled(killed));
      case ServicesNotice.AppTerminated(AppId app) ->
          one("app_terminated_event", json -> json.put("appId", app.path()));
      case ServicesNotice.GroupChanged(AppId group, Instant version) ->
          List.of(groupChanged(group, version));
      case ServicesNotice.DeploymentStarted(Deployment deployment) ->
          List.of(info(deployment, deployment.currentStep()));
      case ServicesNotice.StepSucceeded(Deployment deployment) -> stepDone(deployment);
      case ServicesNotice.DeploymentSucceeded(Deployment deployment) ->
          one(
              "deployment_success",
              json -> {
                json.put("id", deployment.id().value());
                new PlanWriter(deployment).plan(json);
              });
      case ServicesNotice.DeploymentFailed(Deployment deployment, String reason) ->
          failed(deployment, reason);
      // The deployment that follows tells of the change; warnings are for the log.
      case ServicesNotice.SpecsChanged _, ServicesNotice.Warning _ -> List.of();
      case ServicesNotice.Own own -> OwnEvents.write(own);
    };
  }

  private static List<EventFrame> one(String type, Consumer<ObjectNode> fields) {
    return List.of(new EventFrame(type, fields));
  }

  private EventFrame subscribed(ServicesNotice.Subscribed subscribed) {
    return subscribed.again()
        ? new EventFrame("scheduler_reregistered_event", json -> json.put("master", master.get()))
        : new EventFrame(
            "scheduler_registered_event",
            json -> json.put("frameworkId", subscribed.frameworkId()).put("master", master.get()));
  }

  private static EventFrame statusUpdate(ServicesNotice.StatusUpdated updated) {
    Instance instance = updated.instance();
    InstanceTask task = updated.task();
    return new EventFrame(
        "status_update_event",
        json -> {
          json.put("slaveId", instance.placement().agentId());
          json.put("taskId", task.taskId());
          json.put("taskStatus", task.mesosState());
          json.put("message", updated.message());
          json.put("appId", instance.id().app().path());
          json.put("host", instance.placement().hostname());
          ArrayNode addresses = json.putArray("ipAddresses");
          for (String address : task.ipAddresses()) {
            addresses
                .addObject()
                .put("ipAddress", address)
                .put("protocol", address.contains(":") ? "IPv6" : "IPv4");
          }
          ArrayNode ports = json.putArray("ports");
          instance.placement().hostPorts().stream().filter(port -> port != 0).forEach(ports::add);
          json.put("version", Timestamps.format(instance.version()));
        });
  }

  private static EventFrame changed(Instance instance) {
    return new EventFrame(
        "instance_changed_event",
        json -> {
          json.put("instanceId", instance.id().toString());
          json.put("condition", instance.condition().text());
          json.put("runSpecId", instance.id().app().path());
          json.put("agentId", instance.placement().agentId());
          json.put("host", instance.placement().hostname());
          json.put("runSpecVersion", Timestamps.format(instance.version()));
        });
  }

  private static EventFrame terminated(ServicesNotice.UnknownInstanceTerminated unknown) {
    return new EventFrame(
        "unknown_instance_terminated_event",
        json -> {
          json.put(
              "instanceId",
              InstanceId.parse(unknown.taskId())
                  .map(InstanceId::toString)
                  .orElse(unknown.taskId()));
          json.put("runSpecId", unknown.app().path());
          json.put("condition", condition(unknown.state()));
        });
  }

  /** {@code Failed} for {@code TASK_FAILED}; the original has one word for all that is gone. */
  private static String condition(String state) {
    String word = state.startsWith("TASK_") ? state.substring("TASK_".length()) : state;
    if (word.startsWith("GONE") || word.equals("LOST")) {
      return "Gone";
    }
    return word.isEmpty() ? "Unknown" : word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
  }

  private static List<EventFrame> healthChanged(ServicesNotice.InstanceHealthChanged changed) {
    Instance instance = changed.instance();
    EventFrame ofInstance =
        new EventFrame(
            "instance_health_changed_event",
            json -> {
              json.put("instanceId", instance.id().toString());
              json.put("runSpecId", instance.id().app().path());
              changed.healthy().ifPresent(healthy -> json.put("healthy", healthy));
              json.put("runSpecVersion", Timestamps.format(instance.version()));
            });
    return changed
        .healthy()
        .map(alive ->
            List.of(
                new EventFrame(
                    "health_status_changed_event",
                    json ->
                        json.put("appId", instance.id().app().path())
                            .put("instanceId", instance.id().toString())
                            .put("version", Timestamps.format(instance.version()))
                            .put("alive", alive)),
                ofInstance))
        .orElse(List.of(ofInstance));
  }

  private static EventFrame unhealthyKilled(ServicesNotice.UnhealthyInstanceKilled killed) {
    Instance instance = killed.instance();
    return new EventFrame(
        "unhealthy_instance_kill_event",
        json -> {
          json.put("appId", instance.id().app().path());
          json.put("taskId", instance.taskId());
          json.put("instanceId", instance.id().toString());
          json.put("version", Timestamps.format(instance.version()));
          json.put("reason", killed.reason());
          json.put("host", instance.placement().hostname());
          json.put("slaveId", instance.placement().agentId());
        });
  }

  private static EventFrame groupChanged(AppId group, Instant version) {
    return new EventFrame(
        "group_change_success",
        json -> json.put("groupId", group.path()).put("version", Timestamps.format(version)));
  }

  private static EventFrame info(Deployment deployment, int step) {
    return step("deployment_info", deployment, step);
  }

  private static EventFrame step(String type, Deployment deployment, int step) {
    return new EventFrame(
        type, json -> new PlanWriter(deployment).plan(json).currentStep(json, step));
  }

  /** The end of one step is the beginning of the next, of which the original tells, too. */
  private static List<EventFrame> stepDone(Deployment deployment) {
    int step = deployment.currentStep();
    EventFrame done = step("deployment_step_success", deployment, step);
    return step + 1 < deployment.steps().size()
        ? List.of(done, info(deployment, step + 1))
        : List.of(done);
  }

  private static List<EventFrame> failed(Deployment deployment, String reason) {
    return List.of(
        step("deployment_step_failure", deployment, deployment.currentStep()),
        new EventFrame(
            "deployment_failed",
            json -> {
              json.put("id", deployment.id().value());
              new PlanWriter(deployment).plan(json);
              json.put("reason", reason);
            }));
  }

  private static void putClient(ObjectNode into, String clientIp, String uri) {
    into.put("clientIp", clientIp).put("uri", uri);
  }
}

package io.mesocosm.services.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.json.Timestamps;
import java.util.List;
import java.util.function.Consumer;

/** How the events that only we have are shown. */
final class OwnEvents {
  private OwnEvents() {}

  static List<EventFrame> write(ServicesNotice.Own event) {
    return List.of(
        switch (event) {
          case ServicesNotice.Own.LaunchLimitReached reached ->
              new EventFrame("launch_limit_reached", fields(reached));
          case ServicesNotice.Own.DeploymentStopped stopped ->
              new EventFrame("deployment_stopped_after_failures", fields(stopped));
          case ServicesNotice.Own.AutoscaleDecided decided ->
              new EventFrame("autoscale_decision", fields(decided));
          case ServicesNotice.Own.InstanceDraining draining ->
              new EventFrame(
                  "instance_draining",
                  json -> {
                    putInstance(json, draining.instance());
                    json.put("endsBy", Timestamps.format(draining.endsBy()));
                  });
          case ServicesNotice.Own.InstanceDrained drained ->
              new EventFrame(
                  "instance_drained",
                  json -> {
                    putInstance(json, drained.instance());
                    json.put("confirmed", drained.confirmed());
                  });
        });
  }

  private static Consumer<ObjectNode> fields(ServicesNotice.Own.LaunchLimitReached reached) {
    return json ->
        json.put("runSpecId", reached.spec().path())
            .put("runSpecVersion", Timestamps.format(reached.version()))
            .put("attempts", reached.attempts())
            .put("maxLaunchAttempts", reached.attemptsMax())
            .put("lastFailure", reached.lastFailure());
  }

  private static Consumer<ObjectNode> fields(ServicesNotice.Own.DeploymentStopped stopped) {
    return json -> {
      json.put("id", stopped.deployment().value());
      json.put("version", Timestamps.format(stopped.version()));
      json.put("runSpecId", stopped.spec().path());
      json.put("reason", stopped.reason());
      stopped.rollback().ifPresent(id -> json.put("rollbackDeploymentId", id.value()));
    };
  }

  private static Consumer<ObjectNode> fields(ServicesNotice.Own.AutoscaleDecided decided) {
    return json ->
        json.put("runSpecId", decided.spec().path())
            .put("from", decided.from())
            .put("to", decided.to())
            .put("desired", decided.desired())
            .put("min", decided.min())
            .put("max", decided.max())
            .put("measured", decided.measured())
            .put("target", decided.target())
            .put("atMax", decided.isHeldAtMax())
            .put("reason", decided.reason());
  }

  private static void putInstance(ObjectNode into, Instance instance) {
    into.put("instanceId", instance.id().toString());
    into.put("runSpecId", instance.id().app().path());
    into.put("runSpecVersion", Timestamps.format(instance.version()));
    into.put("agentId", instance.placement().agentId());
    into.put("host", instance.placement().hostname());
  }
}

package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.InstanceTask;
import java.util.List;

/**
 * Rewrites records of format 1, which knew one task an instance and had whole definitions in
 * deployments. What is read so is stored in the present format when it changes.
 */
final class EarlierFormat {
  static final int FORMAT = 1;

  private EarlierFormat() {}

  /** The record as the present format has it. */
  static JsonNode upgraded(JsonNode stored) {
    ObjectNode json = stored.deepCopy();
    if (json.path("instance") instanceof ObjectNode instance) {
      upgradeInstance(instance);
    }
    if (json.path("deployment") instanceof ObjectNode deployment) {
      for (JsonNode change : deployment.path("changes")) {
        nameVersion((ObjectNode) change, "original");
        nameVersion((ObjectNode) change, "target");
      }
    }
    return json;
  }

  private static void upgradeInstance(ObjectNode instance) {
    boolean wanted = instance.path("wanted").asBoolean(true);
    instance.put("attempt", 1);
    instance.put("goal", (wanted ? Goal.RUNNING : Goal.DECOMMISSIONED).name());
    ObjectNode task = instance.putArray("tasks").addObject();
    task.put("container", InstanceTask.APP);
    task.put("message", "");
    for (String same : List.of("taskId", "mesosState", "condition", "ipAddresses", "startedAt")) {
      if (instance.has(same)) {
        task.set(same, instance.get(same));
      }
    }
    task.set("since", instance.get("conditionSince"));
  }

  /** In place of the definition. */
  private static void nameVersion(ObjectNode change, String name) {
    if (change.path(name).isObject()) {
      change.set(name, change.path(name).path("version"));
    }
  }
}

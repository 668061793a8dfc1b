package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.List;

/** Writes deployments (contracts/marathon-api.md §9). */
public final class DeploymentWriter {
  private DeploymentWriter() {}

  public static ObjectNode write(Deployment deployment) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", deployment.id().value());
    json.put("version", Timestamps.format(deployment.version()));
    AppWriter.putTexts(
        json, "affectedApps", deployment.affectedApps().stream().map(AppId::path).toList());
    json.putArray("affectedPods");
    ArrayNode steps = json.putArray("steps");
    deployment.steps().forEach(step -> write(step.actions(), false, steps.addObject()));
    ArrayNode current = json.putArray("currentActions");
    deployment.currentActions().forEach(action -> write(action, true, current.addObject()));
    json.put("currentStep", Math.min(deployment.currentStep() + 1, deployment.steps().size()));
    json.put("totalSteps", deployment.steps().size());
    return json;
  }

  /** What a request that leads to a deployment is answered with (row H4). */
  public static ObjectNode result(DeploymentId deployment, Instant version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", Timestamps.format(version))
        .put("deploymentId", deployment.value());
  }

  private static void write(List<Deployment.Action> actions, boolean current, ObjectNode into) {
    ArrayNode array = into.putArray("actions");
    actions.forEach(action -> write(action, current, array.addObject()));
  }

  private static void write(Deployment.Action action, boolean current, ObjectNode into) {
    into.put("action", action.kind().text());
    into.put("app", action.app().path());
    if (current) {
      into.putArray("readinessCheckResults");
    }
  }
}

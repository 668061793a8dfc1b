package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.ReadinessResult;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** Writes deployments (contracts/marathon-api.md §9). */
public final class DeploymentWriter {
  private DeploymentWriter() {}

  /** As {@code GET /v2/deployments} lists it. */
  public static ObjectNode write(Deployment deployment) {
    return write(deployment, _ -> List.of());
  }

  /**
   * As {@code GET /v2/deployments} lists it.
   *
   * @param readiness what the readiness checks of an app's instances have found
   */
  public static ObjectNode write(
      Deployment deployment, Function<AppId, List<ReadinessResult>> readiness) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", deployment.id().value());
    json.put("version", Timestamps.format(deployment.version()));
    ArrayNode apps = json.putArray("affectedApps");
    ArrayNode pods = json.putArray("affectedPods");
    deployment.changes().forEach(change -> (change.isPod() ? pods : apps).add(change.app().path()));
    writeSteps(deployment.steps(), json);
    ArrayNode current = json.putArray("currentActions");
    for (Deployment.Action action : deployment.currentActions()) {
      ObjectNode object = current.addObject();
      write(action, object);
      ReadinessWriter.write(readiness.apply(action.app()), object);
    }
    json.put("currentStep", Math.min(deployment.currentStep() + 1, deployment.steps().size()));
    json.put("totalSteps", deployment.steps().size());
    return json;
  }

  /** What would be done (row "dryRun" of {@code PUT /v2/groups}). */
  public static ObjectNode plan(Deployment deployment) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    writeSteps(deployment.steps(), json);
    return json;
  }

  private static void writeSteps(List<Deployment.Step> steps, ObjectNode into) {
    ArrayNode array = into.putArray("steps");
    steps.forEach(step -> write(step.actions(), array.addObject()));
  }

  /** What a request that leads to a deployment is answered with (row H4). */
  public static ObjectNode result(DeploymentId deployment, Instant version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", Timestamps.format(version))
        .put("deploymentId", deployment.value());
  }

  private static void write(List<Deployment.Action> actions, ObjectNode into) {
    ArrayNode array = into.putArray("actions");
    actions.forEach(action -> write(action, array.addObject()));
  }

  private static void write(Deployment.Action action, ObjectNode into) {
    into.put("action", action.text());
    into.put(action.isPod() ? "pod" : "app", action.app().path());
  }
}

package io.mesocosm.services.event;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.json.Timestamps;
import java.util.List;

/** Deployments as events show them: the light form of a plan (row E6), and its current step. */
final class PlanWriter {
  private final Deployment deployment;

  PlanWriter(Deployment deployment) {
    this.deployment = deployment;
  }

  /** Puts {@code plan}. */
  PlanWriter plan(ObjectNode into) {
    ObjectNode plan = into.putObject("plan");
    plan.put("id", deployment.id().value());
    plan.put("version", Timestamps.format(deployment.version()));
    ArrayNode steps = plan.putArray("steps");
    deployment.steps().forEach(step -> write(step.actions(), steps.addObject()));
    return this;
  }

  /** Puts {@code currentStep}; one without actions if there is no such step. */
  void currentStep(ObjectNode into, int index) {
    List<Deployment.Step> steps = deployment.steps();
    write(
        index < steps.size() ? steps.get(index).actions() : List.of(),
        into.putObject("currentStep"));
  }

  private static void write(List<Deployment.Action> actions, ObjectNode into) {
    ArrayNode array = into.putArray("actions");
    for (Deployment.Action action : actions) {
      array
          .addObject()
          .put("action", action.text())
          .put(action.isPod() ? "pod" : "app", action.app().path());
    }
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Target;

/** Changes roles' weights. For tests that run alone. */
final class Weights {
  private Weights() {}

  /** Sets a weight, and sets it to 1 at the test's end. */
  static void set(Target target, String role, double weight) {
    target.closing(() -> target.master().expect(200, "UPDATE_WEIGHTS", body(role, 1)));
    target.master().expect(200, "UPDATE_WEIGHTS", body(role, weight));
  }

  /** The body of UPDATE_WEIGHTS. */
  static JsonNode body(String role, double weight) {
    return Json.object("weight_infos", Json.array(Json.object("role", role, "weight", weight)));
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.Target;
import java.util.Optional;

/** Changes quotas of cpus. For tests that run alone. */
final class Quotas {
  private Quotas() {}

  /** A config; negative for none. */
  static ObjectNode config(String role, double guarantee, double limit) {
    return Json.object("role", role, "guarantees", cpus(guarantee), "limits", cpus(limit));
  }

  private static ObjectNode cpus(double amount) {
    return amount < 0 ? Json.object() : Json.object("cpus", Json.object("value", amount));
  }

  /** Sets a quota by force, and removes it at the test's end. */
  static void set(Target target, String role, double guarantee, double limit) {
    target.closing(() -> update(target, config(role, -1, -1)));
    update(target, config(role, guarantee, limit));
  }

  /** Updates one role by force. */
  static void update(Target target, JsonNode config) {
    target.master().expect(200, "UPDATE_QUOTA", body(config, true));
  }

  /** The body of UPDATE_QUOTA. */
  static ObjectNode body(JsonNode config, boolean force) {
    return Json.object("force", force, "quota_configs", Json.array(config));
  }

  /** The body of SET_QUOTA. */
  static ObjectNode request(String role, double cpus, boolean force) {
    return Json.object("quota_request", plainRequest(role, cpus, force));
  }

  /** A QuotaRequest. */
  static ObjectNode plainRequest(String role, double cpus, boolean force) {
    return Json.object(
        "force", force, "role", role, "guarantee", Json.array(Resource.scalar("cpus", cpus)));
  }

  /** A role's config that says anything. */
  static Optional<JsonNode> find(Target target, String role) {
    return Json.each(target.master().call("GET_QUOTA").at("/status/configs"))
        .filter(config -> config.path("role").asText().equals(role))
        .filter(config -> !config.path("limits").isEmpty() || !config.path("guarantees").isEmpty())
        .findFirst();
  }
}

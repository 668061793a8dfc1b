package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** What allocation tests ask of offers, quotas and weights again and again. */
final class Shares {
  static final Duration SOON = SchedulerSession.SOON;
  static final Duration A_WHILE = Duration.ofSeconds(3);

  private Shares() {}

  static Optional<JsonNode> ofAgent(JsonNode event, JsonNode agentId) {
    return Json.each(event.at("/offers/offers"))
        .filter(offer -> offer.get("agent_id").equals(agentId))
        .findFirst();
  }

  static Predicate<JsonNode> from(JsonNode offer) {
    return event -> ofAgent(event, offer.get("agent_id")).isPresent();
  }

  /** The next offer of the same agent. */
  static JsonNode next(SchedulerSession session, JsonNode offer) {
    return ofAgent(session.events().await("OFFERS", from(offer), SOON), offer.get("agent_id"))
        .orElseThrow();
  }

  /** The sum over all agents of a scalar, reserved or not, but not revocable. */
  static double total(Target target, String name) {
    return target
        .cluster()
        .agents()
        .mapToDouble(agent ->
            Json.each(agent.path("total_resources"))
                .filter(one -> one.path("name").asText().equals(name) && !one.has("revocable"))
                .mapToDouble(one -> one.at("/scalar/value").asDouble())
                .sum())
        .sum();
  }

  /** What an offer has of a scalar that is not reserved. */
  static double unreserved(JsonNode offer, String name) {
    return Json.each(offer.path("resources"))
        .filter(one -> one.path("name").asText().equals(name) && one.path("reservations").isEmpty())
        .mapToDouble(one -> one.at("/scalar/value").asDouble())
        .sum();
  }

  /** Sets a role's quota of cpus (negative for none), and removes it at the test's end. */
  static void quota(Target target, String role, double guarantee, double limit) {
    JsonNode guarantees =
        guarantee < 0 ? Json.object() : Json.object("cpus", Json.object("value", guarantee));
    JsonNode limits = limit < 0 ? Json.object() : Json.object("cpus", Json.object("value", limit));
    target.closing(() -> update(target, role, Json.object(), Json.object()));
    update(target, role, guarantees, limits);
  }

  static void update(Target target, String role, JsonNode guarantees, JsonNode limits) {
    JsonNode config = Json.object("role", role, "guarantees", guarantees, "limits", limits);
    target
        .master()
        .expect(
            200, "UPDATE_QUOTA", Json.object("force", true, "quota_configs", Json.array(config)));
  }

  /** Sets a role's weight, and sets it to 1 at the test's end. */
  static void weight(Target target, String role, double weight) {
    target.closing(() -> setWeight(target, role, 1));
    setWeight(target, role, weight);
  }

  private static void setWeight(Target target, String role, double weight) {
    JsonNode info = Json.object("role", role, "weight", weight);
    target.master().expect(200, "UPDATE_WEIGHTS", Json.object("weight_infos", Json.array(info)));
  }

  /** A role of GET /roles. */
  static Optional<JsonNode> role(Target target, String name) {
    return Json.each(target.master().get("/roles").path("roles"))
        .filter(role -> role.path("name").asText().equals(name))
        .findFirst();
  }

  static ObjectNode reserveOf(Target target, JsonNode resource, String role) {
    return Operations.of(
        "RESERVE",
        Json.object(
            "resources", Json.array(Resource.reserved(resource, role, target.principal()))));
  }

  static boolean isReserved(JsonNode resource) {
    return !resource.path("reservations").isEmpty();
  }
}

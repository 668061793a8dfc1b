package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Offer operations in few words, and the removal of what they made. For tests that hold offers. */
public final class Operations {
  private Operations() {}

  /** An operation of this type and body. */
  public static ObjectNode of(String type, JsonNode body) {
    return Json.object("type", type, type.toLowerCase(Locale.ROOT), body);
  }

  /**
   * The next offer that has a resource like this; the others of the event stay with the session.
   */
  public static JsonNode offerWith(SchedulerSession session, Predicate<JsonNode> resource) {
    JsonNode event =
        session
            .events()
            .await(
                "OFFERS",
                offers ->
                    Json.each(offers.at("/offers/offers")).anyMatch(offer -> has(offer, resource)),
                SchedulerSession.SOON);
    return Json.each(event.at("/offers/offers"))
        .filter(offer -> has(offer, resource))
        .findFirst()
        .orElseThrow();
  }

  private static boolean has(JsonNode offer, Predicate<JsonNode> resource) {
    return Json.each(offer.path("resources")).anyMatch(resource);
  }

  /** Reserves a resource of the next offer to the session's role, returning it as reserved. */
  public static ObjectNode reserve(Target target, SchedulerSession session, ObjectNode resource) {
    ObjectNode reserved =
        Resource.reserved(resource, session.framework().role(), target.principal());
    session.accept(
        session.offer(), 0, of("RESERVE", Json.object("resources", Json.array(reserved))));
    return reserved;
  }

  /** Reserves a disk of the next offer and makes it a persistent volume, returning it. */
  public static ObjectNode create(
      Target target, SchedulerSession session, double megabytes, boolean shared) {
    ObjectNode disk =
        Resource.reserved(
            Resource.scalar("disk", megabytes), session.framework().role(), target.principal());
    ObjectNode volume = Resource.volume(disk, "v-" + target.unique(), "data", target.principal());
    if (shared) {
      volume.set("shared", Json.object());
    }
    session.accept(
        session.offer(),
        0,
        of("RESERVE", Json.object("resources", Json.array(disk))),
        of("CREATE", Json.object("volumes", Json.array(volume))));
    return volume;
  }

  /**
   * Sends each operation, with an id, on an offer of its own, and expects OPERATION_ERROR for each.
   */
  public static void expectErrors(
      Target target, SchedulerSession session, JsonNode offer, ObjectNode... operations) {
    ArrayNode all = Json.array();
    for (ObjectNode operation : operations) {
      operation.set("id", Json.value("op-" + target.unique()));
      all.add(operation);
    }
    session.call(
        "ACCEPT",
        "offer_ids",
        List.of(offer.get("id")),
        "operations",
        all,
        "filters",
        Json.object("refuse_seconds", 0));
    for (ObjectNode operation : operations) {
      JsonNode status = status(session, operation.at("/id/value").asText());
      Expect.equal("OPERATION_ERROR", status.path("state").asText(), "state of " + operation);
      Expect.that(!status.has("uuid") && status.has("message"), "a message and no uuid", status);
    }
  }

  /** The next status of an operation. */
  public static JsonNode status(SchedulerSession session, String id) {
    return session
        .events()
        .await(
            "UPDATE_OPERATION_STATUS",
            event ->
                event.at("/update_operation_status/status/operation_id/value").asText().equals(id),
            SchedulerSession.SOON)
        .at("/update_operation_status/status");
  }

  /** Acknowledges an operation's status that has a uuid. */
  public static void acknowledge(SchedulerSession session, JsonNode status) {
    if (status.has("uuid")) {
      session.call(
          "ACKNOWLEDGE_OPERATION_STATUS",
          "agent_id",
          status.get("agent_id"),
          "uuid",
          status.at("/uuid/value"),
          "operation_id",
          status.get("operation_id"));
    }
  }

  /** Whether a resource is a persistent volume of this id. */
  public static Predicate<JsonNode> volume(JsonNode volume) {
    return resource ->
        resource.at("/disk/persistence/id").equals(volume.at("/disk/persistence/id"));
  }

  /** The resource of an offer that is like this. */
  public static ObjectNode resource(JsonNode offer, Predicate<JsonNode> like) {
    return Json.each(offer.path("resources"))
        .filter(like)
        .map(ObjectNode.class::cast)
        .findFirst()
        .orElseThrow(() ->
            new io.mesocosm.conformance.Mismatch("such a resource in the offer", offer.toString()));
  }

  /**
   * Tears the framework down and has the operator destroy and unreserve what is dynamically
   * reserved to its roles.
   */
  public static void clean(Target target, SchedulerSession session) {
    session.close();
    clean(target, session.framework().roles());
  }

  /**
   * Has the operator destroy and unreserve what is dynamically reserved to these roles or below.
   */
  public static void clean(Target target, List<String> roles) {
    for (int layer = 0; layer < 4; layer++) {
      for (JsonNode agent : target.cluster().agents().toList()) {
        JsonNode id = agent.at("/agent_info/id");
        ArrayNode volumes = Json.array();
        ArrayNode plain = Json.array();
        for (JsonNode resource : agent.path("total_resources")) {
          if (roleOf(resource)
              .filter(role ->
                  roles.stream().anyMatch(mine -> role.equals(mine) || role.startsWith(mine + "/")))
              .isEmpty()) {
            continue;
          }
          ObjectNode bare = ((ObjectNode) resource).deepCopy();
          bare.remove(List.of("role", "reservation", "allocation_info"));
          (resource.at("/disk/persistence").isMissingNode() ? plain : volumes).add(bare);
        }
        if (!volumes.isEmpty()) {
          target.master().send("DESTROY_VOLUMES", Json.object("agent_id", id, "volumes", volumes));
        } else if (!plain.isEmpty()) {
          target
              .master()
              .send("UNRESERVE_RESOURCES", Json.object("agent_id", id, "resources", plain));
        }
      }
    }
  }

  private static Optional<String> roleOf(JsonNode resource) {
    JsonNode reservations = resource.path("reservations");
    if (reservations.isEmpty()) {
      return Optional.empty();
    }
    JsonNode last = reservations.get(reservations.size() - 1);
    return last.path("type").asText().equals("DYNAMIC")
        ? Optional.of(last.path("role").asText())
        : Optional.empty();
  }
}

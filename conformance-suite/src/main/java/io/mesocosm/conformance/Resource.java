package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Resources as JSON, in the format of frameworks with RESERVATION_REFINEMENT. */
public final class Resource {
  private Resource() {}

  /** An unreserved amount. */
  public static ObjectNode scalar(String name, double amount) {
    return Json.object("name", name, "type", "SCALAR", "scalar", Json.object("value", amount));
  }

  /** One range of integers, both ends included. */
  public static ObjectNode range(String name, long begin, long end) {
    JsonNode range = Json.object("begin", begin, "end", end);
    return Json.object(
        "name", name, "type", "RANGES", "ranges", Json.object("range", Json.array(range)));
  }

  /**
   * The same with one more dynamic reservation to a role; the principal is added when it is not
   * empty.
   */
  public static ObjectNode reserved(JsonNode resource, String role, String principal) {
    ObjectNode changed = (ObjectNode) resource.deepCopy();
    ArrayNode stack = changed.path("reservations") instanceof ArrayNode old ? old : Json.array();
    ObjectNode reservation = Json.object("type", "DYNAMIC", "role", role);
    if (!principal.isEmpty()) {
      reservation.put("principal", principal);
    }
    changed.set("reservations", stack.add(reservation));
    return changed;
  }

  /** A disk resource made a persistent volume at a path in the sandbox. */
  public static ObjectNode volume(
      JsonNode disk, String persistenceId, String path, String principal) {
    ObjectNode persistence = Json.object("id", persistenceId);
    if (!principal.isEmpty()) {
      persistence.put("principal", principal);
    }
    ObjectNode changed = (ObjectNode) disk.deepCopy();
    changed.set(
        "disk",
        Json.object(
            "persistence",
            persistence,
            "volume",
            Json.object("mode", "RW", "container_path", path)));
    return changed;
  }
}

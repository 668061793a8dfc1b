package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What a framework subscribes with. A fresh one ({@link Target#framework()}) has a unique name, one
 * unique role and the capabilities MULTI_ROLE, PARTITION_AWARE, TASK_KILLING_STATE and
 * RESERVATION_REFINEMENT.
 *
 * @param info the framework_info
 * @param suppressedRoles the suppressed_roles
 * @param constraints the offer_constraints
 */
public record Framework(
    ObjectNode info,
    List<String> suppressedRoles,
    Optional<JsonNode> constraints,
    Encoding encoding) {

  /** With a field of framework_info set. */
  public Framework with(String field, Object value) {
    ObjectNode changed = info.deepCopy();
    changed.setAll(Json.object(field, value));
    return new Framework(changed, suppressedRoles, constraints, encoding);
  }

  /** Without a field of framework_info. */
  public Framework without(String field) {
    ObjectNode changed = info.deepCopy();
    changed.remove(field);
    return new Framework(changed, suppressedRoles, constraints, encoding);
  }

  /** With exactly these roles. */
  public Framework roles(String... roles) {
    return with("roles", Json.array((Object[]) roles));
  }

  /** With exactly these capabilities. */
  public Framework capabilities(String... types) {
    ArrayNode all = Json.array();
    for (String type : types) {
      all.add(Json.object("type", type));
    }
    return with("capabilities", all);
  }

  /** With one more capability. */
  public Framework capability(String type) {
    ArrayNode all =
        info.path("capabilities") instanceof ArrayNode old ? old.deepCopy() : Json.array();
    return with("capabilities", all.add(Json.object("type", type)));
  }

  /** Without one capability. */
  public Framework withoutCapability(String type) {
    List<JsonNode> left =
        Json.each(info.path("capabilities"))
            .filter(capability -> !capability.path("type").asText().equals(type))
            .toList();
    return with("capabilities", left);
  }

  /** An old framework: {@code role} and no MULTI_ROLE. */
  public Framework singleRole() {
    return without("roles").withoutCapability("MULTI_ROLE").with("role", role());
  }

  /** With a failover_timeout in seconds. */
  public Framework failoverTimeout(double seconds) {
    return with("failover_timeout", seconds);
  }

  /** With all its roles suppressed, so that it gets no offers. */
  public Framework suppressed() {
    return suppressing(roles());
  }

  /** With these roles suppressed. */
  public Framework suppressing(List<String> roles) {
    return new Framework(info, roles, constraints, encoding);
  }

  /** With offer constraints. */
  public Framework constraints(JsonNode offerConstraints) {
    return new Framework(info, suppressedRoles, Optional.of(offerConstraints), encoding);
  }

  /** Speaking protobuf. */
  public Framework protobuf() {
    return new Framework(info, suppressedRoles, constraints, Encoding.PROTOBUF);
  }

  /** Its roles. */
  public List<String> roles() {
    return info.has("roles")
        ? Json.each(info.path("roles")).map(JsonNode::asText).toList()
        : List.of(info.path("role").asText("*"));
  }

  /** Its first role. */
  public String role() {
    return roles().getFirst();
  }

  /** The body of a subscribe or update_framework. */
  public ObjectNode body() {
    ObjectNode body = Json.object("framework_info", info);
    if (!suppressedRoles.isEmpty()) {
      body.set("suppressed_roles", Json.array(suppressedRoles.toArray()));
    }
    constraints.ifPresent(value -> body.set("offer_constraints", value));
    return body;
  }

  /** The whole SUBSCRIBE call. */
  public ObjectNode subscribeCall() {
    ObjectNode call = Json.object("type", "SUBSCRIBE", "subscribe", body());
    if (info.has("id")) {
      call.set("framework_id", info.get("id"));
    }
    return call;
  }
}

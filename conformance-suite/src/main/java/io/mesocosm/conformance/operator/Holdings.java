package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the operator reserves to a fresh role on the agent under test, given back at the test's end.
 */
record Holdings(Target target, JsonNode agentId, String role) {
  static Holdings of(Target target) {
    Holdings holdings =
        new Holdings(target, Placement.agentIdValue(target), "role-" + target.unique());
    target.closing(() -> Operations.clean(target, List.of(holdings.role)));
    return holdings;
  }

  /** The resource as it would be reserved. */
  ObjectNode reserved(JsonNode resource) {
    return Resource.reserved(resource, role, target.principal());
  }

  /** Reserves it and returns it as reserved. */
  ObjectNode reserve(JsonNode resource) {
    ObjectNode reserved = reserved(resource);
    expect(202, "RESERVE_RESOURCES", "resources", reserved);
    return reserved;
  }

  /** A volume of reserved disk. */
  ObjectNode volume(double megabytes) {
    ObjectNode disk = reserved(Resource.scalar("disk", megabytes));
    return Resource.volume(disk, "v-" + target.unique(), "data", target.principal());
  }

  /** Reserves disk and makes it a volume. */
  ObjectNode create(double megabytes) throws InterruptedException {
    reserve(Resource.scalar("disk", megabytes));
    await("disk reserved", "disk", megabytes);
    ObjectNode volume = volume(megabytes);
    expect(202, "CREATE_VOLUMES", "volumes", volume);
    return volume;
  }

  /** Sends a call about one resource. */
  Answer send(String type, String field, JsonNode resource) {
    return target
        .master()
        .send(type, Json.object("agent_id", agentId, field, Json.array(resource)));
  }

  /** Sends a call about one resource and expects this status. */
  void expect(int status, String type, String field, JsonNode resource) {
    Expect.status(status, send(type, field, resource), type);
  }

  /** What the master shows of the role's resources on the agent. */
  List<JsonNode> resources() {
    return all()
        .filter(resource ->
            Json.each(resource.path("reservations"))
                .anyMatch(one -> one.path("role").asText().equals(role)))
        .toList();
  }

  private Stream<JsonNode> all() {
    JsonNode agent = target.cluster().agent(agentId.path("value").asText());
    return Json.each(agent.path("total_resources"));
  }

  /** Waits until this much of a scalar is reserved to the role. */
  void await(String what, String name, double amount) throws InterruptedException {
    target.eventually(
        what,
        SchedulerSession.SOON,
        () ->
            Optional.of(sum(resources().stream(), name))
                .filter(sum -> Math.abs(sum - amount) < 0.0005));
  }

  /** Waits until the volume has this size; 0 for its absence. */
  void awaitVolume(JsonNode volume, double megabytes) throws InterruptedException {
    target.eventually(
        "a volume of " + megabytes + " MB",
        SchedulerSession.SOON,
        () ->
            Optional.of(sum(all().filter(Operations.volume(volume)), "disk"))
                .filter(sum -> Math.abs(sum - megabytes) < 0.0005));
  }

  private static double sum(Stream<JsonNode> resources, String name) {
    return resources
        .filter(resource -> resource.path("name").asText().equals(name))
        .mapToDouble(resource -> resource.at("/scalar/value").asDouble())
        .sum();
  }
}

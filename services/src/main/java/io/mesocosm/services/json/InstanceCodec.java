package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.instance.Reservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Instances as the store keeps them. */
final class InstanceCodec {
  private InstanceCodec() {}

  static ObjectNode write(Instance instance) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", instance.id().toString());
    json.put("app", instance.id().app().path());
    json.put("uuid", instance.id().uuid());
    json.put("attempt", instance.attempt());
    json.put("version", instance.version().toString());
    json.put("configVersion", instance.configVersion().toString());
    json.put("condition", instance.condition().name());
    json.put("goal", instance.goal().name());
    json.put("stagedAt", instance.stagedAt().toString());
    instance.startedAt().ifPresent(at -> json.put("startedAt", at.toString()));
    json.put("conditionSince", instance.conditionSince().toString());
    json.set("placement", write(instance.placement()));
    ArrayNode tasks = json.putArray("tasks");
    instance.tasks().forEach(task -> tasks.add(write(task)));
    instance.reservation().ifPresent(reservation -> json.set("reservation", write(reservation)));
    return json;
  }

  static Instance read(JsonNode json) {
    List<InstanceTask> tasks = new ArrayList<>();
    json.path("tasks").forEach(task -> tasks.add(task(task)));
    return new Instance(
        new InstanceId(new AppId(RecordCodec.text(json, "app")), RecordCodec.text(json, "uuid")),
        json.path("attempt").asInt(1),
        RecordCodec.instant(json, "version"),
        RecordCodec.instant(json, "configVersion"),
        Condition.valueOf(RecordCodec.text(json, "condition")),
        Goal.valueOf(RecordCodec.text(json, "goal")),
        placement(json.path("placement")),
        tasks,
        RecordCodec.instant(json, "stagedAt"),
        time(json, "startedAt"),
        RecordCodec.instant(json, "conditionSince"),
        RecordCodec.optional(json, "reservation").map(InstanceCodec::reservation));
  }

  private static ObjectNode write(InstanceTask task) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("container", task.container());
    json.put("taskId", task.taskId());
    json.put("mesosState", task.mesosState());
    json.put("condition", task.condition().name());
    AppWriter.putTexts(json, "ipAddresses", task.ipAddresses());
    task.startedAt().ifPresent(at -> json.put("startedAt", at.toString()));
    json.put("since", task.since().toString());
    task.healthy().ifPresent(healthy -> json.put("healthy", healthy));
    json.put("message", task.message());
    return json;
  }

  private static InstanceTask task(JsonNode json) {
    List<String> addresses = new ArrayList<>();
    json.path("ipAddresses").forEach(address -> addresses.add(address.asText()));
    return new InstanceTask(
        RecordCodec.text(json, "container"),
        RecordCodec.text(json, "taskId"),
        RecordCodec.text(json, "mesosState"),
        Condition.valueOf(RecordCodec.text(json, "condition")),
        addresses,
        time(json, "startedAt"),
        RecordCodec.instant(json, "since"),
        RecordCodec.optional(json, "healthy").map(JsonNode::asBoolean),
        json.path("message").asText(""));
  }

  private static Optional<Instant> time(JsonNode json, String name) {
    return RecordCodec.optional(json, name).map(at -> Instant.parse(at.asText()));
  }

  private static ObjectNode write(Reservation reservation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", reservation.id());
    ArrayNode volumes = json.putArray("volumes");
    reservation
        .volumes()
        .forEach(volume ->
            volumes
                .addObject()
                .put("containerPath", volume.containerPath())
                .put("uuid", volume.uuid())
                .put("persistenceId", volume.persistenceId()));
    return json;
  }

  private static Reservation reservation(JsonNode json) {
    List<Reservation.LocalVolume> volumes = new ArrayList<>();
    json.path("volumes")
        .forEach(volume ->
            volumes.add(
                new Reservation.LocalVolume(
                    RecordCodec.text(volume, "containerPath"),
                    RecordCodec.text(volume, "uuid"),
                    RecordCodec.text(volume, "persistenceId"))));
    return new Reservation(RecordCodec.text(json, "id"), volumes);
  }

  private static ObjectNode write(Placement placement) {
    ObjectNode place = JsonNodeFactory.instance.objectNode();
    place.put("agentId", placement.agentId());
    place.put("hostname", placement.hostname());
    AppWriter.putTexts(place, "attributes", placement.attributes());
    placement.region().ifPresent(region -> place.put("region", region));
    placement.zone().ifPresent(zone -> place.put("zone", zone));
    place.put("role", placement.role());
    ArrayNode ports = place.putArray("hostPorts");
    placement.hostPorts().forEach(ports::add);
    return place;
  }

  private static Placement placement(JsonNode json) {
    SortedMap<String, String> attributes = new TreeMap<>();
    json.path("attributes")
        .properties()
        .forEach(entry -> attributes.put(entry.getKey(), entry.getValue().asText()));
    List<Integer> ports = new ArrayList<>();
    json.path("hostPorts").forEach(port -> ports.add(port.asInt()));
    return new Placement(
        RecordCodec.text(json, "agentId"),
        RecordCodec.text(json, "hostname"),
        attributes,
        RecordCodec.optional(json, "region").map(JsonNode::asText),
        RecordCodec.optional(json, "zone").map(JsonNode::asText),
        RecordCodec.text(json, "role"),
        ports);
  }
}

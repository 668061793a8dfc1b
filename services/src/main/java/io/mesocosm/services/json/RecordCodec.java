package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the store keeps, as bytes: JSON, with a kind and a format number in each record. Instants
 * keep all their digits.
 */
public final class RecordCodec {
  private static final int FORMAT = 1;

  private final AppReader reader;

  public RecordCodec(AppReader reader) {
    this.reader = reader;
  }

  /** The folders below which records lie; the framework's is a record itself. */
  public static List<String> folders() {
    return List.of("/apps", "/versions", "/deployments", "/instances");
  }

  public byte[] encode(StoredRecord stored) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    switch (stored) {
      case StoredRecord.FrameworkRecord(String id) ->
          json.put("kind", "framework").put("frameworkId", id);
      case StoredRecord.AppRecord(AppDefinition app) ->
          json.put("kind", "app").set("app", write(app));
      case StoredRecord.VersionRecord(AppDefinition app) ->
          json.put("kind", "version").set("app", write(app));
      case StoredRecord.DeploymentRecord(Deployment deployment) ->
          json.put("kind", "deployment").set("deployment", write(deployment));
      case StoredRecord.InstanceRecord(Instance instance) ->
          json.put("kind", "instance").set("instance", write(instance));
    }
    return Json.bytes(json);
  }

  /**
   * @throws IllegalArgumentException if the bytes are none of our records; the message names the
   *     path
   */
  public StoredRecord decode(String path, byte[] bytes) {
    try {
      JsonNode json = Json.parse(bytes);
      if (json.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException(
            "format " + json.path("format") + " is not known, expected " + FORMAT);
      }
      return switch (json.path("kind").asText()) {
        case "framework" -> new StoredRecord.FrameworkRecord(text(json, "frameworkId"));
        case "app" -> new StoredRecord.AppRecord(app(json.path("app")));
        case "version" -> new StoredRecord.VersionRecord(app(json.path("app")));
        case "deployment" -> new StoredRecord.DeploymentRecord(deployment(json.path("deployment")));
        case "instance" -> new StoredRecord.InstanceRecord(instance(json.path("instance")));
        default ->
            throw new IllegalArgumentException("kind " + json.path("kind") + " is not known");
      };
    } catch (InvalidRequestException e) {
      throw new IllegalArgumentException(
          "record " + path + " is not readable: " + e.getMessage() + " " + e.errorsByPath(), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "record " + path + " is not readable: " + e.getMessage(), e);
    }
  }

  /** The API writes milliseconds only. */
  private static ObjectNode write(AppDefinition app) {
    ObjectNode json = AppWriter.write(app);
    json.put("version", app.version().toString());
    json.putObject("versionInfo")
        .put("lastScalingAt", app.versionInfo().lastScalingAt().toString())
        .put("lastConfigChangeAt", app.versionInfo().lastConfigChangeAt().toString());
    return json;
  }

  private AppDefinition app(JsonNode json) {
    return reader.readStored(json);
  }

  private static ObjectNode write(Deployment deployment) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", deployment.id().value());
    json.put("version", deployment.version().toString());
    json.put("currentStep", deployment.currentStep());
    ArrayNode changes = json.putArray("changes");
    for (Deployment.Change change : deployment.changes()) {
      ObjectNode into = changes.addObject().put("app", change.app().path());
      change.original().ifPresent(app -> into.set("original", write(app)));
      change.target().ifPresent(app -> into.set("target", write(app)));
    }
    ArrayNode steps = json.putArray("steps");
    for (Deployment.Step step : deployment.steps()) {
      ArrayNode actions = steps.addArray();
      step.actions()
          .forEach(action ->
              actions
                  .addObject()
                  .put("kind", action.kind().name())
                  .put("app", action.app().path()));
    }
    return json;
  }

  private Deployment deployment(JsonNode json) {
    List<Deployment.Change> changes = new ArrayList<>();
    for (JsonNode change : json.path("changes")) {
      changes.add(
          new Deployment.Change(
              new AppId(text(change, "app")),
              optional(change, "original").map(this::app),
              optional(change, "target").map(this::app)));
    }
    List<Deployment.Step> steps = new ArrayList<>();
    for (JsonNode step : json.path("steps")) {
      List<Deployment.Action> actions = new ArrayList<>();
      for (JsonNode action : step) {
        actions.add(
            new Deployment.Action(
                Deployment.Kind.valueOf(text(action, "kind")), new AppId(text(action, "app"))));
      }
      steps.add(new Deployment.Step(actions));
    }
    return new Deployment(
        new DeploymentId(text(json, "id")),
        instant(json, "version"),
        changes,
        steps,
        json.path("currentStep").asInt());
  }

  private static ObjectNode write(Instance instance) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", instance.id().toString());
    json.put("app", instance.id().app().path());
    json.put("uuid", instance.id().uuid());
    json.put("taskId", instance.taskId());
    json.put("version", instance.version().toString());
    json.put("configVersion", instance.configVersion().toString());
    json.put("condition", instance.condition().name());
    json.put("wanted", instance.wanted());
    json.put("mesosState", instance.mesosState());
    AppWriter.putTexts(json, "ipAddresses", instance.ipAddresses());
    json.put("stagedAt", instance.stagedAt().toString());
    instance.startedAt().ifPresent(at -> json.put("startedAt", at.toString()));
    json.put("conditionSince", instance.conditionSince().toString());
    Placement placement = instance.placement();
    ObjectNode place = json.putObject("placement");
    place.put("agentId", placement.agentId());
    place.put("hostname", placement.hostname());
    AppWriter.putTexts(place, "attributes", placement.attributes());
    placement.region().ifPresent(region -> place.put("region", region));
    placement.zone().ifPresent(zone -> place.put("zone", zone));
    place.put("role", placement.role());
    ArrayNode ports = place.putArray("hostPorts");
    placement.hostPorts().forEach(ports::add);
    return json;
  }

  private static Instance instance(JsonNode json) {
    List<String> addresses = new ArrayList<>();
    json.path("ipAddresses").forEach(address -> addresses.add(address.asText()));
    return new Instance(
        new InstanceId(new AppId(text(json, "app")), text(json, "uuid")),
        text(json, "taskId"),
        instant(json, "version"),
        instant(json, "configVersion"),
        Condition.valueOf(text(json, "condition")),
        json.path("wanted").asBoolean(true),
        text(json, "mesosState"),
        placement(json.path("placement")),
        addresses,
        instant(json, "stagedAt"),
        optional(json, "startedAt").map(at -> Instant.parse(at.asText())),
        instant(json, "conditionSince"));
  }

  private static Placement placement(JsonNode json) {
    SortedMap<String, String> attributes = new TreeMap<>();
    json.path("attributes")
        .properties()
        .forEach(entry -> attributes.put(entry.getKey(), entry.getValue().asText()));
    List<Integer> ports = new ArrayList<>();
    json.path("hostPorts").forEach(port -> ports.add(port.asInt()));
    return new Placement(
        text(json, "agentId"),
        text(json, "hostname"),
        attributes,
        optional(json, "region").map(JsonNode::asText),
        optional(json, "zone").map(JsonNode::asText),
        text(json, "role"),
        ports);
  }

  private static Optional<JsonNode> optional(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name));
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("field " + name + " is missing");
    }
    return value.textValue();
  }

  private static Instant instant(JsonNode json, String name) {
    return Instant.parse(text(json, name));
  }
}

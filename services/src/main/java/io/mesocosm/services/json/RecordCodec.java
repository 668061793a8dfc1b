package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.GivenAnswer;
import io.mesocosm.services.Leftover;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the store keeps, as bytes: JSON, with a kind and a format number in each record. Instants
 * keep all their digits.
 */
public final class RecordCodec {
  private static final int FORMAT = 2;

  private final AppReader reader;
  private final PodReader pods;

  public RecordCodec(AppReader reader, PodReader pods) {
    this.reader = reader;
    this.pods = pods;
  }

  /** The folders below which records lie; the framework's is a record itself. */
  public static List<String> folders() {
    return List.of(
        "/apps",
        "/versions",
        "/groups",
        "/groupversions",
        "/deployments",
        "/instances",
        "/answers",
        "/halts",
        "/leftovers");
  }

  public byte[] encode(StoredRecord stored) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    switch (stored) {
      case StoredRecord.FrameworkRecord(String id) ->
          json.put("kind", "framework").put("frameworkId", id);
      case StoredRecord.SpecRecord(RunSpec spec) -> json.put("kind", "app").setAll(write(spec));
      case StoredRecord.VersionRecord(RunSpec spec) ->
          json.put("kind", "version").setAll(write(spec));
      case StoredRecord.PutBackRecord back ->
          json.put("kind", "putBack")
              .put("id", back.app().path())
              .put("at", back.at().toString())
              .put("version", back.version().toString());
      case StoredRecord.DeletedRecord gone ->
          json.put("kind", "deleted").put("id", gone.app().path()).put("at", gone.at().toString());
      case StoredRecord.GroupRecord(GroupDefinition group) ->
          json.put("kind", "group").set("group", write(group));
      case StoredRecord.GroupVersionRecord(GroupDefinition group) ->
          json.put("kind", "groupVersion").set("group", write(group));
      case StoredRecord.GroupDeletedRecord gone ->
          json.put("kind", "groupDeleted")
              .put("id", gone.group().path())
              .put("at", gone.at().toString());
      case StoredRecord.DeploymentRecord(Deployment deployment) ->
          json.put("kind", "deployment").set("deployment", write(deployment));
      case StoredRecord.InstanceRecord(Instance instance) ->
          json.put("kind", "instance").set("instance", InstanceCodec.write(instance));
      case StoredRecord.LeftoverRecord(Leftover leftover) ->
          json.put("kind", "leftover")
              .put("reservation", leftover.reservation())
              .put("role", leftover.role())
              .put("agentId", leftover.agentId())
              .put("until", leftover.until().toString());
      case StoredRecord.AnswerRecord(GivenAnswer answer) ->
          json.put("kind", "answer").set("answer", write(answer));
      case StoredRecord.HaltRecord halt ->
          json.put("kind", "halt").setAll(LaunchHaltCodec.write(halt));
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
      if (json.path("format").asInt() == EarlierFormat.FORMAT) {
        json = EarlierFormat.upgraded(json);
      } else if (json.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException(
            "format " + json.path("format") + " is not known, expected " + FORMAT);
      }
      return switch (json.path("kind").asText()) {
        case "framework" -> new StoredRecord.FrameworkRecord(text(json, "frameworkId"));
        case "app" -> new StoredRecord.SpecRecord(spec(json));
        case "version" -> new StoredRecord.VersionRecord(spec(json));
        case "putBack" ->
            new StoredRecord.PutBackRecord(id(json), instant(json, "at"), instant(json, "version"));
        case "deleted" -> new StoredRecord.DeletedRecord(id(json), instant(json, "at"));
        case "group" -> new StoredRecord.GroupRecord(group(json.path("group")));
        case "groupVersion" -> new StoredRecord.GroupVersionRecord(group(json.path("group")));
        case "groupDeleted" -> new StoredRecord.GroupDeletedRecord(id(json), instant(json, "at"));
        case "deployment" -> new StoredRecord.DeploymentRecord(deployment(json.path("deployment")));
        case "instance" ->
            new StoredRecord.InstanceRecord(InstanceCodec.read(json.path("instance")));
        case "leftover" ->
            new StoredRecord.LeftoverRecord(
                new Leftover(
                    text(json, "reservation"),
                    text(json, "role"),
                    text(json, "agentId"),
                    instant(json, "until")));
        case "answer" -> new StoredRecord.AnswerRecord(answer(json.path("answer")));
        case "halt" -> LaunchHaltCodec.read(json);
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

  private static ObjectNode write(RunSpec spec) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (spec) {
      case AppDefinition app -> json.set("app", write(app));
      case PodDefinition pod -> json.set("pod", PodWriter.writeStored(pod));
    }
    return json;
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

  private RunSpec spec(JsonNode json) {
    return json.has("pod")
        ? pods.readStored(json.path("pod"))
        : reader.readStored(json.path("app"));
  }

  private static AppId id(JsonNode json) {
    return new AppId(text(json, "id"));
  }

  private static ObjectNode write(GroupDefinition group) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", group.id().path());
    AppWriter.putTexts(
        json, "dependencies", group.dependencies().stream().map(AppId::path).toList());
    json.put("enforceRole", group.enforceRole());
    json.put("version", group.version().toString());
    return json;
  }

  private static GroupDefinition group(JsonNode json) {
    List<AppId> dependencies = new ArrayList<>();
    json.path("dependencies").forEach(one -> dependencies.add(new AppId(one.asText())));
    return new GroupDefinition(
        id(json), dependencies, json.path("enforceRole").asBoolean(), instant(json, "version"));
  }

  private static ObjectNode write(GivenAnswer answer) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("key", answer.key());
    json.put("request", answer.request());
    json.put("deployment", answer.deployment().value());
    json.put("version", answer.version().toString());
    AppWriter.putTexts(json, "apps", answer.apps().stream().map(AppId::path).toList());
    json.put("at", answer.at().toString());
    return json;
  }

  private static GivenAnswer answer(JsonNode json) {
    List<AppId> apps = new ArrayList<>();
    json.path("apps").forEach(one -> apps.add(new AppId(one.asText())));
    return new GivenAnswer(
        text(json, "key"),
        text(json, "request"),
        new DeploymentId(text(json, "deployment")),
        instant(json, "version"),
        apps,
        instant(json, "at"));
  }

  private static ObjectNode write(Deployment deployment) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", deployment.id().value());
    json.put("version", deployment.version().toString());
    json.put("currentStep", deployment.currentStep());
    ArrayNode changes = json.putArray("changes");
    for (Deployment.Change change : deployment.changes()) {
      ObjectNode into = changes.addObject().put("app", change.app().path());
      into.put("pod", change.isPod());
      change.original().ifPresent(at -> into.put("original", at.toString()));
      change.target().ifPresent(at -> into.put("target", at.toString()));
    }
    ArrayNode steps = json.putArray("steps");
    for (Deployment.Step step : deployment.steps()) {
      ArrayNode actions = steps.addArray();
      step.actions()
          .forEach(action ->
              actions
                  .addObject()
                  .put("kind", action.kind().name())
                  .put("app", action.app().path())
                  .put("pod", action.isPod()));
    }
    return json;
  }

  private static Deployment deployment(JsonNode json) {
    List<Deployment.Change> changes = new ArrayList<>();
    for (JsonNode change : json.path("changes")) {
      changes.add(
          new Deployment.Change(
              new AppId(text(change, "app")),
              change.path("pod").asBoolean(),
              optional(change, "original").map(at -> Instant.parse(at.asText())),
              optional(change, "target").map(at -> Instant.parse(at.asText()))));
    }
    List<Deployment.Step> steps = new ArrayList<>();
    for (JsonNode step : json.path("steps")) {
      List<Deployment.Action> actions = new ArrayList<>();
      for (JsonNode action : step) {
        actions.add(
            new Deployment.Action(
                Deployment.Kind.valueOf(text(action, "kind")),
                new AppId(text(action, "app")),
                action.path("pod").asBoolean()));
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

  static Optional<JsonNode> optional(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name));
  }

  static String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("field " + name + " is missing");
    }
    return value.textValue();
  }

  static Instant instant(JsonNode json, String name) {
    return Instant.parse(text(json, name));
  }
}

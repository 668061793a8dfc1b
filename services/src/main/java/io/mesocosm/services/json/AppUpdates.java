package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Network;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Updates of apps, which say only what is to be different. */
public final class AppUpdates {
  /** What we add when we answer, and clients send back with their changes. */
  private static final Set<String> ANSWERED =
      Set.of(
          "versionInfo",
          "tasks",
          "tasksStaged",
          "tasksRunning",
          "tasksHealthy",
          "tasksUnhealthy",
          "deployments",
          "lastTaskFailure",
          "readinessCheckResults",
          "taskStats",
          "tasksStats");

  private final AppReader reader;

  public AppUpdates(AppReader reader) {
    this.reader = reader;
  }

  /**
   * The version that an update wants to go back to: one that says {@code {"version": …}} and
   * nothing else.
   *
   * @throws InvalidRequestException if it says more
   */
  public static Optional<Instant> rollback(JsonNode update) {
    if (!update.hasNonNull("version")) {
      return Optional.empty();
    }
    for (Map.Entry<String, JsonNode> field : update.properties()) {
      if (!field.getKey().equals("version")
          && !field.getKey().equals("id")
          && !field.getValue().isNull()) {
        throw InvalidRequestException.broken(
            "/", "The 'version' field may only be combined with the 'id' field.");
      }
    }
    Optional<Instant> version = Timestamps.parse(update.get("version").asText());
    if (version.isEmpty()) {
      throw InvalidRequestException.unreadable(
          Map.of("/version", java.util.List.of("error.expected.date.isoformat")));
    }
    return version;
  }

  /**
   * Reads a complete definition for an id that was said elsewhere, too.
   *
   * @throws InvalidRequestException with everything that is wrong with it
   */
  public AppDefinition complete(AppId id, JsonNode json) {
    return reader.read(identified(id, json));
  }

  /**
   * Reads a complete definition in a group, which may name itself relative to it.
   *
   * @param id absolute
   * @throws InvalidRequestException with everything that is wrong with it
   */
  AppDefinition completeIn(AppId id, JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      throw InvalidRequestException.unreadable(
          Map.of("/", java.util.List.of("error.expected.jsobject")));
    }
    return reader.read(object.deepCopy().put("id", id.path()));
  }

  /**
   * Lays an update over a definition, field by field.
   *
   * @throws InvalidRequestException with everything that is wrong with the result
   */
  public AppDefinition merged(AppDefinition present, JsonNode update) {
    ObjectNode changes = identified(present.id(), update);
    changes.remove(ANSWERED);
    if (present.networkMode() != Network.Mode.HOST && !changes.hasNonNull("networks")) {
      // Earlier releases answered service ports this way beside port mappings.
      changes.remove("ports");
    }
    Problems problems = new Problems();
    OldForms.rewrite(new Fields(changes, "", problems), reader.settings());
    problems.throwIfAny();
    ObjectNode json = AppWriter.write(present);
    json.remove(java.util.List.of("version", "versionInfo"));
    forgetOtherNetworking(present, changes, json);
    changes
        .properties()
        .forEach(field -> {
          if (!field.getValue().isNull()) {
            json.set(field.getKey(), field.getValue());
          }
        });
    if (changes.get("autoscale") instanceof ObjectNode autoscale
        && !changes.hasNonNull("instances")) {
      json.put("instances", within(autoscale, present.instances()));
    }
    return reader.read(json);
  }

  /** The nearest number that bounds allow; what they are worth is for the reader to say. */
  private static int within(ObjectNode autoscale, int instances) {
    int min = autoscale.path("min").asInt(1);
    int max = autoscale.path("max").asInt(min);
    return min <= max ? Math.clamp(instances, min, max) : instances;
  }

  /** Ports belong to a kind of network: an update that changes the kind starts afresh with them. */
  private static void forgetOtherNetworking(
      AppDefinition present, ObjectNode changes, ObjectNode json) {
    if (!changes.hasNonNull("networks")) {
      return;
    }
    boolean wasHost = present.networkMode() == Network.Mode.HOST;
    String mode = changes.path("networks").path(0).path("mode").asText(Network.Mode.HOST.text());
    boolean becomesHost = mode.equals(Network.Mode.HOST.text());
    if (wasHost && !becomesHost) {
      json.remove("portDefinitions");
    } else if (!wasHost && becomesHost && json.get("container") instanceof ObjectNode container) {
      container.remove("portMappings");
    }
  }

  /** A copy of the update, under the id. */
  private static ObjectNode identified(AppId id, JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      throw InvalidRequestException.unreadable(
          Map.of("/", java.util.List.of("error.expected.jsobject")));
    }
    JsonNode given = object.path("id");
    if (given.isTextual() && !new AppId(given.textValue()).equals(id)) {
      throw InvalidRequestException.broken(
          "/id", "got " + given.textValue() + ", expected " + id + ": the id of an app stays");
    }
    return object.deepCopy().put("id", id.path());
  }
}

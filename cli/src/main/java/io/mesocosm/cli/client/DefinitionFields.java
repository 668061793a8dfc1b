package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What in the JSON of a scheduler somebody asked for. Taken away are counters, tasks, versions,
 * what says nothing (null), and the second way of saying the same that Marathon prints beside the
 * first.
 */
final class DefinitionFields {
  private static final List<String> KNOWN_BY_SCHEDULER =
      List.of(
          "version",
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
          "tasksStats",
          "storeUrls");

  private DefinitionFields() {}

  static ObjectNode group(JsonNode group, String id) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    kept.put("id", id);
    if (group.has("dependencies")) {
      kept.set("dependencies", absoluteIds(group.path("dependencies"), id));
    }
    if (group.path("enforceRole").isBoolean()) {
      kept.set("enforceRole", group.path("enforceRole"));
    }
    return kept;
  }

  static ObjectNode app(JsonNode app, String id) {
    ObjectNode kept = copy(app, id);
    dropSecondWords(kept);
    if (kept.path("executor").asText("-").isEmpty()) {
      kept.remove("executor");
    }
    for (JsonNode artifact : kept.path("fetch")) {
      dropDefaults((ObjectNode) artifact);
    }
    return kept;
  }

  static ObjectNode pod(JsonNode pod, String id) {
    return copy(pod, id);
  }

  private static ObjectNode copy(JsonNode definition, String id) {
    ObjectNode kept = definition.deepCopy();
    kept.remove(KNOWN_BY_SCHEDULER);
    dropNulls(kept);
    kept.put("id", id);
    return kept;
  }

  /** Newer words win: together with them the older ones are refused by newer schedulers. */
  private static void dropSecondWords(ObjectNode app) {
    if (!app.path("fetch").isEmpty() || app.path("uris").isEmpty()) {
      app.remove("uris");
    } else {
      app.remove("fetch");
    }
    JsonNode docker = app.path("container").path("docker");
    boolean mapped =
        app.path("container").has("portMappings") || !docker.path("portMappings").isEmpty();
    boolean ownAddress = !app.path("ipAddress").isMissingNode();
    if (mapped || ownAddress) {
      // The service ports stand in the mappings; these lists only repeat them.
      app.remove(List.of("ports", "portDefinitions"));
    } else if (app.has("portDefinitions")) {
      app.remove("ports");
    }
    if (app.path("container").has("portMappings") && docker.isObject()) {
      ((ObjectNode) docker).remove("portMappings");
    }
    if (app.has("networks")) {
      app.remove("ipAddress");
      if (docker.isObject()) {
        ((ObjectNode) docker).remove("network");
      }
    }
  }

  private static void dropDefaults(ObjectNode artifact) {
    if (artifact.path("extract").asBoolean()) {
      artifact.remove("extract");
    }
    for (String off : List.of("executable", "cache")) {
      if (artifact.has(off) && !artifact.path(off).asBoolean()) {
        artifact.remove(off);
      }
    }
  }

  private static void dropNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> empty = new ArrayList<>();
      object
          .properties()
          .forEach(field -> {
            if (field.getValue().isNull()) {
              empty.add(field.getKey());
            }
          });
      object.remove(empty);
    }
    for (Iterator<JsonNode> children = node.elements(); children.hasNext(); ) {
      dropNulls(children.next());
    }
  }

  private static JsonNode absoluteIds(JsonNode ids, String parent) {
    ArrayNode absolute = JsonNodeFactory.instance.arrayNode();
    ids.forEach(id -> absolute.add(Definitions.absolute(id.asText(), parent)));
    return absolute;
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is defined in a scheduler or asked for in a file, by absolute id: without anything that a
 * scheduler knows and nobody asked for. Groups are here without what is in them.
 */
record Definitions(
    SortedMap<String, ObjectNode> groups,
    SortedMap<String, ObjectNode> apps,
    SortedMap<String, ObjectNode> pods) {

  /** What one definition is. */
  enum Kind {
    GROUP("group", "/v2/groups"),
    APP("app", "/v2/apps"),
    POD("pod", "/v2/pods");

    private final String word;
    private final String path;

    Kind(String word, String path) {
      this.word = word;
      this.path = path;
    }

    String word() {
      return word;
    }

    /** Where the API keeps them, e.g. {@code /v2/apps}. */
    String path() {
      return path;
    }
  }

  static Definitions none() {
    return new Definitions(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  SortedMap<String, ObjectNode> of(Kind kind) {
    return switch (kind) {
      case GROUP -> groups;
      case APP -> apps;
      case POD -> pods;
    };
  }

  Optional<ObjectNode> find(Kind kind, String id) {
    return Optional.ofNullable(of(kind).get(id));
  }

  /**
   * Adds a group and all below it.
   *
   * @param parent what relative ids begin from
   * @return the group's absolute id
   */
  String addGroup(JsonNode group, String parent) {
    String id = absolute(group.path("id").asText("/"), parent);
    groups.put(id, DefinitionFields.group(group, id));
    group.path("apps").forEach(app -> addApp(app, id));
    group.path("pods").forEach(pod -> addPod(pod, id));
    group.path("groups").forEach(child -> addGroup(child, id));
    return id;
  }

  String addApp(JsonNode app, String parent) {
    String id = absolute(app.path("id").asText(), parent);
    apps.put(id, DefinitionFields.app(app, id));
    return id;
  }

  String addPod(JsonNode pod, String parent) {
    String id = absolute(pod.path("id").asText(), parent);
    pods.put(id, DefinitionFields.pod(pod, id));
    return id;
  }

  /** A pod is told by its containers. */
  static boolean isPod(JsonNode definition) {
    return definition.path("containers").isArray();
  }

  /** Resolves {@code ..} and what does not begin with a slash against {@code parent}. */
  static String absolute(String id, String parent) {
    if (!id.startsWith("/") && !id.startsWith("..") && !id.startsWith(".")) {
      return clean((parent.equals("/") ? "" : parent) + "/" + id);
    }
    return clean(id.startsWith("/") ? id : parent + "/" + id);
  }

  private static String clean(String path) {
    StringBuilder kept = new StringBuilder();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        kept.setLength(Math.max(0, kept.lastIndexOf("/")));
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.append('/').append(part);
      }
    }
    return kept.isEmpty() ? "/" : kept.toString();
  }
}

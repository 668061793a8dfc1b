package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What stands in a file that one may PUT: an application, several, a group, or a pod.
 *
 * @param path where it is PUT
 * @param definitions all in it, by absolute id
 */
record Document(Form form, String path, JsonNode body, Definitions definitions) {
  private static final List<String> GROUP_FIELDS =
      List.of("apps", "groups", "pods", "scaleBy", "enforceRole");

  /** How a file may look. */
  enum Form {
    APPS,
    GROUP,
    POD
  }

  /**
   * @throws CommandFailure naming the file, if there is none or it is nothing of that
   */
  static Document read(Path file) {
    JsonNode json = Api.parse(text(file));
    Definitions definitions = Definitions.none();
    if (json.isArray() && !json.isEmpty()) {
      json.forEach(app -> {
        if (!isApp(app)) {
          throw unfit(file);
        }
        definitions.addApp(app, "/");
      });
      return new Document(Form.APPS, "/v2/apps?partialUpdate=false", json, definitions);
    }
    if (!json.isObject()) {
      throw unfit(file);
    }
    if (GROUP_FIELDS.stream().anyMatch(json::has)) {
      String id = definitions.addGroup(json, "/");
      if (json.has("scaleBy")) {
        // It says nothing of the groups themselves.
        definitions.groups().clear();
      }
      return new Document(Form.GROUP, "/v2/groups" + (id.equals("/") ? "" : id), json, definitions);
    }
    if (!isNamed(json)) {
      throw unfit(file);
    }
    if (Definitions.isPod(json)) {
      String id = definitions.addPod(json, "/");
      return new Document(Form.POD, "/v2/pods" + id, json, definitions);
    }
    String id = definitions.addApp(json, "/");
    return new Document(Form.APPS, "/v2/apps" + id + "?partialUpdate=false", json, definitions);
  }

  private static boolean isApp(JsonNode json) {
    return json.isObject() && isNamed(json) && !Definitions.isPod(json);
  }

  private static boolean isNamed(JsonNode json) {
    return json.path("id").isTextual() && !json.path("id").asText().isEmpty();
  }

  static CommandFailure unfit(Path file) {
    return CommandFailure.misused(
        file
            + " is no definition: expected an application, an array of applications, a group or a"
            + " pod in JSON, with ids");
  }

  private static String text(Path file) {
    if (!Files.exists(file)) {
      throw CommandFailure.misused(file + " does not exist: expected a definition in JSON");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw CommandFailure.misused(
          "cannot read " + file + ": expected a definition in JSON (" + e + ")");
    }
  }
}

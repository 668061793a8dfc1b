package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An application as {@code POST /v2/apps} takes it.
 *
 * @param id begins with a slash
 * @param json as it stands in the file
 */
public record AppDocument(String id, String json) {

  /**
   * @throws CommandFailure naming the file, if there is none or it is something else
   */
  public static AppDocument read(Path file) {
    String json = text(file);
    JsonNode app = Api.parse(json);
    String id = app.path("id").asText("");
    if (!app.isObject() || id.isEmpty() || id.equals("/")) {
      throw CommandFailure.misused(
          file + " is not an application document: expected a JSON object with an id");
    }
    return new AppDocument(Apps.canonical(id), json);
  }

  private static String text(Path file) {
    if (!Files.exists(file)) {
      throw CommandFailure.misused(
          file + " does not exist: expected the file of an application document in JSON");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw CommandFailure.misused(
          "cannot read " + file + ": expected an application document in JSON (" + e + ")");
    }
  }
}

package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.app.AppDefinition;
import java.util.List;

/**
 * How large definitions may be: each is one record of a store that has limits of its own, and comes
 * to the agent as one message and one environment. Looked at before anything else is.
 */
final class AppLimits {
  /** Bytes of JSON; a little less than what ZooKeeper takes, as a record says more. */
  static final int SIZE_MAX = 1_000_000;

  /** Levels of objects and lists in each other; a definition needs seven. */
  static final int DEPTH_MAX = 50;

  /** Entries of one list or map that end in an environment or a task. */
  static final int ENTRIES_MAX = 2_000;

  /**
   * Letters of an id, all segments together: agents name folders by task ids, which begin with it,
   * and file systems take no more than 255 letters.
   */
  static final int ID_LENGTH_MAX = 200;

  private static final List<String> COUNTED =
      List.of(
          "env",
          "labels",
          "secrets",
          "constraints",
          "fetch",
          "networks",
          "portDefinitions",
          "healthChecks");

  private AppLimits() {}

  /**
   * @return how many bytes it takes
   * @throws InvalidRequestException if it is too large to be looked at
   */
  static int check(JsonNode json) {
    if (isDeeper(json, DEPTH_MAX)) {
      throw InvalidRequestException.broken(
          "/", "the definition is nested more than " + DEPTH_MAX + " levels deep");
    }
    int bytes = Json.bytes(json).length;
    checkSize(bytes);
    // A text of the client's that long would come back in messages.
    String id = json.path("id").asText("");
    if (id.length() > ID_LENGTH_MAX) {
      throw InvalidRequestException.broken(
          "/id", "the id has " + id.length() + " letters, the limit is " + ID_LENGTH_MAX);
    }
    return bytes;
  }

  /**
   * Defaults that are filled in can make a definition larger than what was sent.
   *
   * @throws InvalidRequestException if it is too large to be stored
   */
  static void checkStored(AppDefinition app) {
    checkSize(Json.bytes(AppWriter.write(app)).length);
  }

  /** Notes lists and maps with too many entries. */
  static void checkEntries(Fields app) {
    COUNTED.forEach(name -> checkCount(app, name));
    app.object("container")
        .ifPresent(container -> {
          checkCount(container, "volumes");
          checkCount(container, "portMappings");
        });
  }

  private static void checkCount(Fields fields, String name) {
    int count = fields.node().path(name).size();
    fields
        .problems()
        .ruleUnless(
            count <= ENTRIES_MAX,
            fields.pathOf(name),
            "has " + count + " entries, the limit is " + ENTRIES_MAX);
  }

  private static void checkSize(int bytes) {
    if (bytes > SIZE_MAX) {
      throw InvalidRequestException.broken(
          "/",
          "the definition takes "
              + bytes
              + " bytes of JSON, the limit is "
              + SIZE_MAX
              + ": put what is long into files that are fetched");
    }
  }

  private static boolean isDeeper(JsonNode json, int levels) {
    if (!json.isContainerNode()) {
      return false;
    }
    if (levels == 0) {
      return true;
    }
    for (JsonNode child : json) {
      if (isDeeper(child, levels - 1)) {
        return true;
      }
    }
    return false;
  }
}

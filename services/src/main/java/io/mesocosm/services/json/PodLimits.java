package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * How large pods may be. Each is one record of a store that has limits of its own, and comes to the
 * agent as one message, in which each container is told of the endpoints of all. Looked at before
 * anything else is.
 */
final class PodLimits {
  /** Bytes of JSON; less than what ZooKeeper takes, as defaults are filled in. */
  static final int SIZE_MAX = 900_000;

  /** Levels of objects and lists in each other; a pod needs eight. */
  static final int DEPTH_MAX = 50;

  /** Containers of a pod, its volumes and networks, endpoints and mounts of one container. */
  static final int PARTS_MAX = 100;

  /** Entries of one list or map that end in an environment or a task. */
  static final int ENTRIES_MAX = 2_000;

  /**
   * Letters of an id, all segments together: agents name folders by task ids, which begin with it
   * and end with a container's name, and file systems take no more than 255 letters.
   */
  static final int ID_LENGTH_MAX = 140;

  private static final List<String> PARTS =
      List.of("containers", "volumes", "networks", "endpoints", "volumeMounts");
  private static final List<String> ENTRIES =
      List.of("environment", "labels", "secrets", "artifacts");

  private PodLimits() {}

  /**
   * @throws InvalidRequestException if it is too large to be looked at
   */
  static void check(JsonNode json) {
    if (isDeeper(json, DEPTH_MAX)) {
      throw InvalidRequestException.broken(
          "/", "the pod is nested more than " + DEPTH_MAX + " levels deep");
    }
    int bytes = Json.bytes(json).length;
    if (bytes > SIZE_MAX) {
      throw InvalidRequestException.broken(
          "/", "the pod takes " + bytes + " bytes, the limit is " + SIZE_MAX);
    }
    int letters = json.path("id").asText("").length();
    if (letters > ID_LENGTH_MAX) {
      throw InvalidRequestException.broken(
          "/id", "the id has " + letters + " letters, the limit is " + ID_LENGTH_MAX);
    }
    checkCounts(json, "");
    checkCount(
        json.path("scheduling").path("placement"),
        "constraints",
        "/scheduling/placement/constraints",
        PARTS_MAX);
    int index = 0;
    for (JsonNode container : json.path("containers")) {
      checkCounts(container, "/containers(" + index + ")");
      index++;
    }
  }

  private static void checkCounts(JsonNode owner, String path) {
    PARTS.forEach(name -> checkCount(owner, name, path + "/" + name, PARTS_MAX));
    ENTRIES.forEach(name -> checkCount(owner, name, path + "/" + name, ENTRIES_MAX));
  }

  private static void checkCount(JsonNode owner, String name, String path, int max) {
    int count = owner.path(name).size();
    if (count > max) {
      throw InvalidRequestException.broken(
          path, "got " + count + " " + name + ", the limit is " + max);
    }
  }

  private static boolean isDeeper(JsonNode json, int levels) {
    if (!json.isContainerNode()) {
      return false;
    }
    if (levels == 0) {
      return true;
    }
    for (JsonNode part : json) {
      if (isDeeper(part, levels - 1)) {
        return true;
      }
    }
    return false;
  }
}

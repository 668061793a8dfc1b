package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The versions of an application that its scheduler keeps.
 *
 * @param present the one that is deployed
 * @param all newest first
 */
record AppVersions(String id, String present, List<String> all) {
  AppVersions {
    all = List.copyOf(all);
  }

  static AppVersions of(Api services, String id) {
    String present = services.get("/v2/apps" + id).path("app").path("version").asText();
    List<String> all = new ArrayList<>();
    for (JsonNode version : services.get("/v2/apps" + id + "/versions").path("versions")) {
      all.add(version.asText());
    }
    return new AppVersions(id, present, all);
  }

  Table table() {
    Table table = new Table("VERSION", "");
    all.forEach(version -> table.row(version, version.equals(present) ? "present" : ""));
    return table;
  }

  /**
   * Where to go back to.
   *
   * @throws CommandFailure if there is no such version, or none before the present one
   */
  String target(Optional<String> wanted) {
    if (wanted.isEmpty()) {
      return all.stream()
          .filter(version -> isBefore(version, present))
          .findFirst()
          .orElseThrow(() ->
              CommandFailure.failed(id + " has no version before the present one, " + present));
    }
    if (!all.contains(wanted.get())) {
      throw CommandFailure.failed(
          id
              + " has no version "
              + wanted.get()
              + ": cosm app versions "
              + id
              + " lists those it has");
    }
    return wanted.get();
  }

  private static boolean isBefore(String version, String present) {
    try {
      return Instant.parse(version).isBefore(Instant.parse(present));
    } catch (DateTimeParseException _) {
      return version.compareTo(present) < 0; // ISO times sort as texts, too
    }
  }
}

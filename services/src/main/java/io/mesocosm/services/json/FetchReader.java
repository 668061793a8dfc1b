package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads what is fetched before a task starts (contracts/marathon-api.md §4 {@code fetch}). */
final class FetchReader {
  private static final int URI_LENGTH_MAX = 1024;
  private static final List<String> ARCHIVES =
      List.of(".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip");

  private FetchReader() {}

  /**
   * @param name of the list: {@code fetch} in apps
   */
  static List<Artifact> read(Fields fields, String name) {
    List<Artifact> artifacts = new ArrayList<>();
    for (Fields one : fields.objects(name).orElse(List.of())) {
      String uri = one.requiredText("uri");
      Problems problems = one.problems();
      problems.ruleUnless(
          !uri.isEmpty() && uri.length() <= URI_LENGTH_MAX,
          one.pathOf("uri"),
          "has " + uri.length() + " letters, expected 1 to " + URI_LENGTH_MAX);
      problems.ruleUnless(
          uri.chars().noneMatch(Character::isISOControl),
          one.pathOf("uri"),
          "must not have control characters");
      Optional<String> destination = one.text("destPath");
      destination.ifPresent(path ->
          problems.ruleUnless(
              staysInside(path),
              one.pathOf("destPath"),
              "got " + path + ", expected a path below the sandbox"));
      artifacts.add(
          new Artifact(
              uri,
              one.bool("extract", true),
              one.bool("executable", false),
              one.bool("cache", false),
              destination));
    }
    return artifacts;
  }

  static boolean staysInside(String path) {
    return !path.isEmpty()
        && !path.startsWith("/")
        && path.indexOf('\0') < 0
        && !List.of(path.split("/", -1)).contains("..");
  }

  /** How earlier releases treated a URI without further words: archives were unpacked. */
  static boolean isArchive(String uri) {
    String lower = uri.toLowerCase(Locale.ROOT);
    return ARCHIVES.stream().anyMatch(lower::endsWith);
  }

  static void write(List<Artifact> artifacts, ArrayNode into) {
    for (Artifact artifact : artifacts) {
      ObjectNode one =
          into.addObject()
              .put("uri", artifact.uri())
              .put("extract", artifact.extract())
              .put("executable", artifact.executable())
              .put("cache", artifact.cache());
      artifact.destPath().ifPresent(path -> one.put("destPath", path));
    }
  }
}

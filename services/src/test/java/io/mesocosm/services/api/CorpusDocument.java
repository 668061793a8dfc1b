package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.json.Json;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A document of the kind that users write, with what a reader must see of it.
 *
 * @param expect by JSON pointer; with a path before a {@code #}, of that app instead
 * @param upgrade what is put in its place
 */
record CorpusDocument(
    String file,
    String title,
    Kind kind,
    List<String> features,
    JsonNode document,
    JsonNode expect,
    JsonNode upgrade,
    JsonNode expectUpgraded) {

  enum Kind {
    APP("/v2/apps", ""),
    GROUP("/v2/groups", "?force=true"),
    POD("/v2/pods", "?force=true");

    private final String collection;
    private final String forced;

    Kind(String collection, String forced) {
      this.collection = collection;
      this.forced = forced;
    }

    String collection() {
      return collection;
    }

    /** What a deletion says that is to go on whatever else does; apps need not say it. */
    String forced() {
      return forced;
    }
  }

  /** All of them, by name of file. */
  static List<CorpusDocument> all() throws IOException, URISyntaxException {
    URL folder =
        Optional.ofNullable(CorpusDocument.class.getResource("/corpus"))
            .orElseThrow(() -> new AssertionError("no folder corpus among the test resources"));
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.sorted().map(CorpusDocument::read).toList();
    }
  }

  private static CorpusDocument read(Path file) {
    try {
      JsonNode json = Json.parse(Files.readAllBytes(file));
      TreeSet<String> features = new TreeSet<>();
      json.path("features").forEach(feature -> features.add(feature.asText()));
      return new CorpusDocument(
          file.getFileName().toString(),
          json.path("title").asText(),
          Kind.valueOf(json.path("kind").asText().toUpperCase(Locale.ROOT)),
          List.copyOf(features),
          json.path("document"),
          json.path("expect"),
          json.path("upgrade"),
          json.path("expectUpgraded"));
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read: " + e, e);
    }
  }

  /** Where it is read, changed and deleted. */
  String path() {
    String id = document.path("id").asText();
    return kind.collection() + (id.startsWith("/") ? id : "/" + id);
  }
}

package io.mesocosm.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A page of documentation that holds the table of a run, between two markers; of a page without
 * them, or one that does not exist yet, all becomes the table.
 */
final class Page {
  private static final String BEGIN = "<!-- conformance -->\n";
  private static final String END = "<!-- /conformance -->";

  private final Path file;

  Page(Path file) {
    this.file = file;
  }

  void show(String table) throws IOException {
    String text = text();
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    Files.writeString(
        file,
        begin < 0 || end < begin
            ? table
            : text.substring(0, begin + BEGIN.length()) + table + text.substring(end));
  }

  private String text() throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}

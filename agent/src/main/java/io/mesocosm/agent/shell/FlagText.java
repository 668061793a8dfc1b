package io.mesocosm.agent.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Flags whose value may lie in a file: {@code file:///path}, or an absolute path. */
final class FlagText {
  private static final String SCHEME = "file://";

  private FlagText() {}

  /** The value itself, or what is in the file that it names. */
  static String read(String given) throws IOException {
    String path = given.startsWith(SCHEME) ? given.substring(SCHEME.length()) : given;
    return path.startsWith("/") ? Files.readString(Path.of(path)).strip() : given;
  }
}

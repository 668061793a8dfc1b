package io.mesocosm.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an id may look like (contracts/mesos-scheduler-api.md V-ID): it becomes a directory name on
 * agents, so it is not empty, at most 255 bytes of UTF-8, neither {@code .} nor {@code ..}, and
 * free of slashes and control characters.
 */
public final class Identifiers {
  private static final int BYTES_MAX = 255;

  private Identifiers() {}

  /** Says what is wrong with {@code value} as an id, or nothing when it is valid. */
  public static Optional<String> problem(String value) {
    if (isPlain(value)) {
      return Optional.empty();
    }
    if (value.isEmpty()) {
      return Optional.of("must not be empty");
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      return Optional.of("must not be longer than " + BYTES_MAX + " bytes");
    }
    if (value.equals(".") || value.equals("..")) {
      return Optional.of("'" + value + "' is disallowed");
    }
    if (value.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
      return Optional.of(
          "'" + value.replaceAll("\\p{Cntrl}", "?") + "' contains invalid characters");
    }
    return Optional.empty();
  }

  /** What nearly all ids are: visible ASCII, and short. Ids are checked at every turn. */
  private static boolean isPlain(String value) {
    int length = value.length();
    if (length == 0 || length > BYTES_MAX || value.charAt(0) == '.') {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '/' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  static void requireValid(String kind, String value) {
    if (isPlain(value)) {
      return;
    }
    problem(value)
        .ifPresent(problem -> {
          throw new IllegalArgumentException(kind + " " + problem);
        });
  }
}

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

  static void requireValid(String kind, String value) {
    problem(value)
        .ifPresent(problem -> {
          throw new IllegalArgumentException(kind + " " + problem);
        });
  }
}

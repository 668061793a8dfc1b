package io.mesocosm.services.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that is not as it must be, with all that is wrong with it at once: 400 if it cannot be
 * read, 422 if what it says is not allowed (contracts/marathon-api.md §1).
 */
public final class InvalidRequestException extends RuntimeException {
  private final int status;
  private final transient Map<String, List<String>> errorsByPath;

  private InvalidRequestException(
      int status, String message, Map<String, List<String>> errorsByPath) {
    super(message);
    this.status = status;
    Map<String, List<String>> copy = new LinkedHashMap<>();
    errorsByPath.forEach((path, errors) -> copy.put(path, List.copyOf(new ArrayList<>(errors))));
    this.errorsByPath = Collections.unmodifiableMap(copy);
  }

  /** What was sent is no JSON, or has values of other types than it must. */
  public static InvalidRequestException unreadable(Map<String, List<String>> errorsByPath) {
    return new InvalidRequestException(400, "Invalid JSON", errorsByPath);
  }

  /** What was sent breaks rules. */
  public static InvalidRequestException broken(Map<String, List<String>> errorsByPath) {
    return new InvalidRequestException(422, "Object is not valid", errorsByPath);
  }

  /** What was sent breaks one rule. */
  public static InvalidRequestException broken(String path, String error) {
    return broken(Map.of(path, List.of(error)));
  }

  /** A query parameter or another part of the request makes no sense. */
  public static InvalidRequestException bad(String message) {
    return new InvalidRequestException(400, message, Map.of());
  }

  public int status() {
    return status;
  }

  /** By path of the field, e.g. {@code /constraints(0)}; in the order in which they were found. */
  public Map<String, List<String>> errorsByPath() {
    return errorsByPath;
  }
}

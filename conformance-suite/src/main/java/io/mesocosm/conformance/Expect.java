package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;

/** Comparisons that end in a {@link Mismatch}. */
public final class Expect {
  private Expect() {}

  /** The two are equal. */
  public static void equal(Object expected, Object observed, String what) {
    if (!Objects.equals(expected, observed) && !sameJson(expected, observed)) {
      throw new Mismatch(what + " " + expected, String.valueOf(observed));
    }
  }

  // A number that was built as a long is read again as an int, and Jackson sets them apart.
  private static boolean sameJson(Object expected, Object observed) {
    return expected instanceof JsonNode one
        && observed instanceof JsonNode other
        && one.toString().equals(other.toString());
  }

  /** The condition holds; {@code expected} says what it is. */
  public static void that(boolean condition, String expected, Object observed) {
    if (!condition) {
      throw new Mismatch(expected, String.valueOf(observed));
    }
  }

  /** The answer has this status code. */
  public static void status(int expected, Answer answer, String what) {
    if (answer.status() != expected) {
      throw new Mismatch(what + " answered " + expected, answer.status() + " " + answer.text());
    }
  }

  /** The object has all of these fields. */
  public static void fields(JsonNode object, String what, List<String> names) {
    List<String> missing = names.stream().filter(name -> !object.has(name)).toList();
    if (!missing.isEmpty()) {
      throw new Mismatch(what + " with fields " + missing, "only " + Json.fieldNames(object));
    }
  }

  /** The object has all of these fields. */
  public static void fields(JsonNode object, String what, String... names) {
    fields(object, what, List.of(names));
  }
}

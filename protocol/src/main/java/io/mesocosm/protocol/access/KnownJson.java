package io.mesocosm.protocol.access;

import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.JsonReader;
import io.mesocosm.protocol.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a JSON object apart: objects become maps, arrays lists, texts strings, true and false
 * booleans, numbers {@link Number}s of their digits, null {@link Null}.
 */
final class KnownJson {
  /** A number as it stood. */
  record Number(String digits) {}

  record Null() {}

  private KnownJson() {}

  /**
   * @throws InvalidMessageException saying where the text is not JSON, that it is no object, or
   *     that it says something twice
   */
  static Map<String, Object> object(String text) throws InvalidMessageException {
    return switch (JsonReader.readUnambiguous(text)) {
      case JsonValue.Obj(var fields) -> map(fields);
      case JsonValue other ->
          throw new InvalidMessageException("expected an object, not " + other.kind());
    };
  }

  /** What it is, for messages. */
  static String kind(Object value) {
    return switch (value) {
      case Map<?, ?> _ -> "an object";
      case List<?> _ -> "an array";
      case String _ -> "a string";
      case Boolean _ -> "a boolean";
      case Number _ -> "a number";
      default -> "null";
    };
  }

  private static Map<String, Object> map(Map<String, JsonValue> fields) {
    Map<String, Object> map = new LinkedHashMap<>();
    fields.forEach((name, value) -> map.put(name, plain(value)));
    return map;
  }

  private static Object plain(JsonValue json) {
    return switch (json) {
      case JsonValue.Obj(var fields) -> map(fields);
      case JsonValue.Arr(var items) -> items.stream().map(KnownJson::plain).toList();
      case JsonValue.Text(String text) -> text;
      case JsonValue.Bool(boolean bool) -> bool;
      case JsonValue.Num(String digits) -> new Number(digits);
      case JsonValue.Null() -> new Null();
    };
  }
}

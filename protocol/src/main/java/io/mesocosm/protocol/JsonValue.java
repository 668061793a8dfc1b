package io.mesocosm.protocol;

import java.util.List;
import java.util.Map;

/** JSON as read, before it becomes a message. */
public sealed interface JsonValue {
  /** Fields in the order read; of a repeated name the last value. */
  record Obj(Map<String, JsonValue> fields) implements JsonValue {}

  record Arr(List<JsonValue> items) implements JsonValue {}

  record Text(String value) implements JsonValue {}

  /** The digits as they stood, so that no 64-bit integer passes through a double. */
  record Num(String digits) implements JsonValue {}

  record Bool(boolean value) implements JsonValue {}

  record Null() implements JsonValue {}

  /** What it is, for messages. */
  default String kind() {
    return switch (this) {
      case Obj _ -> "an object";
      case Arr _ -> "an array";
      case Text _ -> "a string";
      case Num _ -> "a number";
      case Bool _ -> "a boolean";
      case Null _ -> "null";
    };
  }
}

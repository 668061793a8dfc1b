package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Builds and reads JSON in few words. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /**
   * An object of names and values in turn; a value is a text, number, boolean, node or list of
   * these.
   */
  public static ObjectNode object(Object... namesAndValues) {
    ObjectNode object = MAPPER.createObjectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.set((String) namesAndValues[i], node(namesAndValues[i + 1]));
    }
    return object;
  }

  /** An array of such values. */
  public static ArrayNode array(Object... values) {
    ArrayNode array = MAPPER.createArrayNode();
    for (Object value : values) {
      array.add(node(value));
    }
    return array;
  }

  /** {@code {"value": text}}, the shape of ids. */
  public static ObjectNode value(String text) {
    return object("value", text);
  }

  /** Reads a text that is known to be JSON. */
  public static JsonNode parse(String text) {
    return parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Reads bytes; what is not JSON is a mismatch. */
  public static JsonNode parse(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new Mismatch("JSON", new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  /** The compact bytes. */
  public static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** The elements of an array, or of an object's values. */
  public static Stream<JsonNode> each(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false);
  }

  /** The names of an object's fields, in order. */
  public static List<String> fieldNames(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode node(Object value) {
    if (value instanceof List<?> list) {
      return array(list.toArray());
    }
    return value instanceof JsonNode node ? node : MAPPER.valueToTree(value);
  }
}

package io.mesocosm.protocol.access;

import com.google.protobuf.Empty;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MesosJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a JSON object apart: objects become maps, arrays lists, texts strings, true and false
 * booleans, numbers {@link Number}s of their digits, null {@link Null}. The module's own reader has
 * looked at the text before, so that here it is known to be well-formed and not too deep.
 */
final class KnownJson {
  /** A number as it stood. */
  record Number(String digits) {}

  record Null() {}

  private final String text;
  private int at;

  private KnownJson(String text) {
    this.text = text;
  }

  /**
   * @throws InvalidMessageException saying where the text is not JSON, that it is no object, or
   *     that it says something twice
   */
  static Map<String, Object> object(String text) throws InvalidMessageException {
    MesosJson.parse(text, Empty.newBuilder());
    return new KnownJson(text).object();
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

  private Object value() throws InvalidMessageException {
    return switch (next()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", new Null());
      default -> number();
    };
  }

  private Map<String, Object> object() throws InvalidMessageException {
    Map<String, Object> fields = new LinkedHashMap<>();
    next();
    at++;
    while (next() != '}') {
      if (text.charAt(at) == ',') {
        at++;
        next();
      }
      String name = string();
      next();
      at++; // the colon
      if (fields.put(name, value()) != null) {
        throw new InvalidMessageException("'" + name + "' is there twice: leave one out");
      }
    }
    at++;
    return fields;
  }

  private List<Object> array() throws InvalidMessageException {
    List<Object> items = new ArrayList<>();
    at++;
    while (next() != ']') {
      if (text.charAt(at) == ',') {
        at++;
      }
      items.add(value());
    }
    at++;
    return items;
  }

  private String string() {
    StringBuilder value = new StringBuilder();
    at++;
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      value.append(c == '\\' ? escaped() : c);
    }
    at++;
    return value.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        at += 4;
        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
      }
      default -> c;
    };
  }

  private Object word(String word, Object value) {
    at += word.length();
    return value;
  }

  private Number number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return new Number(text.substring(start, at));
  }

  private char next() {
    while (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return text.charAt(at);
  }
}

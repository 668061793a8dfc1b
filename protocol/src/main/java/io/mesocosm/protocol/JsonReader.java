package io.mesocosm.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text strictly (RFC 8259). Nesting is bounded, so that no text can exhaust the
 * stack.
 */
public final class JsonReader {
  private static final int DEPTH_MAX = 100;

  /** Enough for any double written out; longer ones only cost time, which grows with the square. */
  private static final int NUMBER_CHARACTERS_MAX = 1000;

  private final String text;
  private final boolean namesOnce;
  private int at;

  private JsonReader(String text, boolean namesOnce) {
    this.text = text;
    this.namesOnce = namesOnce;
  }

  /** The one value that the text is; what is wrong with it is said with its place. */
  public static JsonValue read(String text) throws InvalidMessageException {
    return new JsonReader(text, false).read();
  }

  /** As {@link #read(String)}, and a name that stands twice in an object is wrong, too. */
  public static JsonValue readUnambiguous(String text) throws InvalidMessageException {
    return new JsonReader(text, true).read();
  }

  private JsonValue read() throws InvalidMessageException {
    JsonValue value = value(0);
    skipSpace();
    if (at < text.length()) {
      throw problem("unexpected text after the value");
    }
    return value;
  }

  private JsonValue value(int depth) throws InvalidMessageException {
    if (depth > DEPTH_MAX) {
      throw problem("nested deeper than " + DEPTH_MAX + " levels");
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new JsonValue.Text(string());
      case 't' -> literal("true", new JsonValue.Bool(true));
      case 'f' -> literal("false", new JsonValue.Bool(false));
      case 'n' -> literal("null", new JsonValue.Null());
      default -> number();
    };
  }

  private JsonValue object(int depth) throws InvalidMessageException {
    Map<String, JsonValue> fields = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (peek() == '}') {
      at++;
      return new JsonValue.Obj(fields);
    }
    while (true) {
      skipSpace();
      if (peek() != '"') {
        throw problem("expected a field name in quotes");
      }
      String name = string();
      skipSpace();
      expect(':');
      if (fields.put(name, value(depth + 1)) != null && namesOnce) {
        throw new InvalidMessageException("'" + name + "' is there twice: leave one out");
      }
      skipSpace();
      if (peek() == '}') {
        at++;
        return new JsonValue.Obj(fields);
      }
      expect(',');
    }
  }

  private JsonValue array(int depth) throws InvalidMessageException {
    List<JsonValue> items = new ArrayList<>();
    at++;
    skipSpace();
    if (peek() == ']') {
      at++;
      return new JsonValue.Arr(items);
    }
    while (true) {
      items.add(value(depth + 1));
      skipSpace();
      if (peek() == ']') {
        at++;
        return new JsonValue.Arr(items);
      }
      expect(',');
    }
  }

  private String string() throws InvalidMessageException {
    StringBuilder value = new StringBuilder();
    at++;
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        requirePairedSurrogates(value);
        return value.toString();
      }
      if (c < 0x20) {
        at--;
        throw problem("a control character in a string must be escaped");
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  /** Half a character would become another text when it is sent on. */
  private void requirePairedSurrogates(StringBuilder value) throws InvalidMessageException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < value.length()
              && Character.isLowSurrogate(value.charAt(i + 1));
      if (!paired) {
        throw problem("half a surrogate pair in the string that ends");
      }
      i++;
    }
  }

  private char escaped() throws InvalidMessageException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw problem("unknown escape \\" + c);
    };
  }

  private char unicode() throws InvalidMessageException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      char c = peek();
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw problem("\\u needs four hexadecimal digits");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private JsonValue number() throws InvalidMessageException {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int digits = digits();
    if (digits == 0 || (digits > 1 && text.charAt(at - digits) == '0')) {
      at = start;
      throw problem("expected a value");
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      requireDigits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      requireDigits();
    }
    if (at - start > NUMBER_CHARACTERS_MAX) {
      throw problem("a number longer than " + NUMBER_CHARACTERS_MAX + " characters ends");
    }
    return new JsonValue.Num(text.substring(start, at));
  }

  private void requireDigits() throws InvalidMessageException {
    if (digits() == 0) {
      throw problem("expected a digit");
    }
  }

  private int digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - start;
  }

  private JsonValue literal(String word, JsonValue value) throws InvalidMessageException {
    if (!text.startsWith(word, at)) {
      throw problem("expected a value");
    }
    at += word.length();
    return value;
  }

  private void expect(char c) throws InvalidMessageException {
    if (peek() != c) {
      throw problem("expected '" + c + "'");
    }
    at++;
  }

  private char peek() throws InvalidMessageException {
    if (at >= text.length()) {
      throw problem("the text ends too early");
    }
    return text.charAt(at);
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private InvalidMessageException problem(String what) {
    return new InvalidMessageException(
        "Failed to parse body into JSON: " + what + " at character " + at);
  }
}

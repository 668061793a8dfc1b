package io.mesocosm.protocol;

/**
 * Writes JSON piece by piece into one text. Commas are its own affair; that objects and arrays end
 * is the caller's. Not thread-safe.
 */
public final class JsonWriter {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final StringBuilder text;

  /** Whether the next value or name at this depth needs a comma before it. */
  private boolean needsComma;

  public JsonWriter() {
    this(1024);
  }

  /**
   * @param capacity expected length in characters
   */
  public JsonWriter(int capacity) {
    this.text = new StringBuilder(capacity);
  }

  public JsonWriter beginObject() {
    return open('{');
  }

  public JsonWriter endObject() {
    return close('}');
  }

  public JsonWriter beginArray() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close(']');
  }

  /** The name of the value that follows. */
  public JsonWriter name(String name) {
    comma();
    quote(name);
    text.append(':');
    needsComma = false;
    return this;
  }

  public JsonWriter value(String value) {
    comma();
    quote(value);
    return this;
  }

  public JsonWriter value(long value) {
    comma();
    text.append(value);
    return this;
  }

  public JsonWriter value(boolean value) {
    comma();
    text.append(value);
    return this;
  }

  /**
   * As Mesos writes doubles: the shortest text that reads back the same, with a fraction: {@code
   * 5.0}, {@code 0.1}.
   */
  public JsonWriter value(double value) {
    comma();
    if (Double.isFinite(value)) {
      text.append(plain(value));
    } else {
      quote(Double.toString(value));
    }
    return this;
  }

  /** A value that is JSON already. */
  public JsonWriter raw(String json) {
    comma();
    text.append(json);
    return this;
  }

  public JsonWriter field(String name, String value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, long value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, double value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, boolean value) {
    return name(name).value(value);
  }

  /** What has been written. */
  @Override
  public String toString() {
    return text.toString();
  }

  private JsonWriter open(char bracket) {
    comma();
    text.append(bracket);
    needsComma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    text.append(bracket);
    needsComma = true;
    return this;
  }

  private void comma() {
    if (needsComma) {
      text.append(',');
    }
    needsComma = true;
  }

  private static String plain(double value) {
    String shortest = Double.toString(value);
    if (shortest.indexOf('E') < 0) {
      return shortest;
    }
    String digits = new java.math.BigDecimal(shortest).toPlainString();
    return digits.indexOf('.') < 0 ? digits + ".0" : digits;
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          // Control characters must be escaped; < and > are, so that no JSON of ours ends a script
          // element.
          if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '\u2028' || c == '\u2029') {
            text.append("\\u")
                .append(HEX[c >> 12 & 15])
                .append(HEX[c >> 8 & 15])
                .append(HEX[c >> 4 & 15])
                .append(HEX[c & 15]);
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}

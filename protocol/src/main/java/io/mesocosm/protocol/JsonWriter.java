package io.mesocosm.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes JSON piece by piece, in UTF-8: into memory, or through to a stream, so that a reply may be
 * larger than memory. Commas are its own affair; that objects and arrays end is the caller's. Not
 * thread-safe.
 */
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK_BYTES = 64 * 1024;

  /** What takes more than one byte in a text: quotes, controls, and characters beyond ASCII. */
  private static final boolean[] PLAIN = new boolean[128];

  static {
    Arrays.fill(PLAIN, 0x20, 0x7f, true);
    // < and > are escaped, so that no JSON of ours ends a script element.
    for (char c : new char[] {'"', '\\', '<', '>'}) {
      PLAIN[c] = false;
    }
  }

  private final Optional<OutputStream> stream;
  private byte[] bytes;
  private int size;

  /** Whether the next value or name at this depth needs a comma before it. */
  private boolean needsComma;

  public JsonWriter() {
    this(1024);
  }

  /**
   * @param capacity expected length in bytes
   */
  public JsonWriter(int capacity) {
    this.bytes = new byte[Math.max(64, capacity)];
    this.stream = Optional.empty();
  }

  /**
   * Writes through to a stream, some 64 KB at a time; {@link #flush} writes the rest. What the
   * stream throws comes out as {@link UncheckedIOException}.
   */
  public JsonWriter(OutputStream stream) {
    this.bytes = new byte[CHUNK_BYTES + 1024];
    this.stream = Optional.of(stream);
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
    put(':');
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
    digits(value);
    return this;
  }

  public JsonWriter value(boolean value) {
    comma();
    ascii(value ? "true" : "false");
    return this;
  }

  /**
   * As Mesos writes doubles: the shortest text that reads back the same, with a fraction: {@code
   * 5.0}, {@code 0.1}.
   */
  public JsonWriter value(double value) {
    comma();
    if (value == Math.rint(value) && Math.abs(value) < 1e15 && (value != 0 || 1 / value > 0)) {
      digits((long) value);
      ascii(".0");
    } else if (Double.isFinite(value)) {
      ascii(plain(value));
    } else {
      quote(Double.toString(value));
    }
    return this;
  }

  /** A value that is JSON already. */
  public JsonWriter raw(String json) {
    return raw(json.getBytes(StandardCharsets.UTF_8));
  }

  /** A value that is JSON already, in UTF-8. */
  public JsonWriter raw(byte[] json) {
    comma();
    room(json.length);
    System.arraycopy(json, 0, bytes, size, json.length);
    size += json.length;
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

  /** Hands what is still held back to the stream, if there is one. */
  public void flush() {
    stream.ifPresent(target -> {
      try {
        target.write(bytes, 0, size);
      } catch (IOException e) {
        throw new UncheckedIOException("the reader of a reply is gone", e);
      }
      size = 0;
    });
  }

  /** What has been written and not flushed to a stream. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** As {@link #toBytes}, as text. */
  @Override
  public String toString() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }

  private JsonWriter open(char bracket) {
    comma();
    put(bracket);
    needsComma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    put(bracket);
    needsComma = true;
    return this;
  }

  private void comma() {
    if (needsComma) {
      put(',');
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

  private void digits(long value) {
    if (value >= 0 && value < 10) {
      put((char) ('0' + value));
    } else {
      ascii(Long.toString(value));
    }
  }

  private void put(char c) {
    room(1);
    bytes[size++] = (byte) c;
  }

  @SuppressWarnings(
      "deprecation") // getBytes for a text that is known to be ASCII: much the fastest
  private void ascii(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, size);
    size += text.length();
  }

  private void quote(String value) {
    room(value.length() * 6 + 2);
    byte[] to = bytes;
    int at = size;
    to[at++] = '"';
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x80 && PLAIN[c]) {
        to[at++] = (byte) c;
      } else if (c < 0x80) {
        at = escape(c, to, at);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        at = utf8(Character.toCodePoint(c, value.charAt(++i)), to, at);
      } else if (Character.isSurrogate(c)) {
        to[at++] = '?'; // half of a pair is no character, and has no UTF-8
      } else if (c == '\u2028' || c == '\u2029') {
        at = unicode(c, to, at);
      } else {
        at = utf8(c, to, at);
      }
    }
    to[at++] = '"';
    size = at;
  }

  private static int escape(char c, byte[] to, int from) {
    int at = from;
    char letter =
        switch (c) {
          case '"' -> '"';
          case '\\' -> '\\';
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          default -> 0;
        };
    if (letter == 0) {
      return unicode(c, to, at);
    }
    to[at++] = '\\';
    to[at++] = (byte) letter;
    return at;
  }

  private static int unicode(char c, byte[] to, int from) {
    int at = from;
    to[at++] = '\\';
    to[at++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      to[at++] = HEX[c >> shift & 15];
    }
    return at;
  }

  private static int utf8(int codePoint, byte[] to, int from) {
    int at = from;
    if (codePoint < 0x800) {
      to[at++] = (byte) (0xc0 | codePoint >> 6);
    } else if (codePoint < 0x10000) {
      to[at++] = (byte) (0xe0 | codePoint >> 12);
      to[at++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
    } else {
      to[at++] = (byte) (0xf0 | codePoint >> 18);
      to[at++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
      to[at++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
    }
    to[at++] = (byte) (0x80 | codePoint & 0x3f);
    return at;
  }

  /** Room for so many bytes more; what is there goes to the stream first, if there is one. */
  private void room(int more) {
    if (size + more <= bytes.length) {
      return;
    }
    if (size >= CHUNK_BYTES) {
      flush();
    }
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}

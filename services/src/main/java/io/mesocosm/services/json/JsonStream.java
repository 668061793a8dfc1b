package io.mesocosm.services.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;

/** Writes what is too long to be held. */
public final class JsonStream {
  private static final int BUFFER_BYTES = 256 * 1024;

  private JsonStream() {}

  /** Writes one value. */
  @FunctionalInterface
  public interface ElementWriter<T> {
    void write(T element, JsonGenerator json) throws IOException;
  }

  /** Writes an object. */
  @FunctionalInterface
  interface ObjectWriter {
    void write(JsonGenerator json) throws IOException;
  }

  /** An object with one list, whose elements are written one after the other. */
  public static <T> void list(
      OutputStream out, String name, Iterator<T> elements, ElementWriter<T> writer)
      throws IOException {
    // Each write to the connection costs as much as making a hundred elements.
    BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
    try (JsonGenerator json = Json.generator(buffered)) {
      json.writeStartObject();
      json.writeArrayFieldStart(name);
      while (elements.hasNext()) {
        writer.write(elements.next(), json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    buffered.flush();
  }

  /** An object as a tree, for answers that hold but one. */
  static ObjectNode tree(ObjectWriter writer) {
    try (TokenBuffer buffer = Json.buffer()) {
      writer.write(buffer);
      return Json.tree(buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.mesocosm.services.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Bytes to trees and back. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // A tree that is written into a stream is not the end of it.
          .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
          .build();

  private Json() {}

  /**
   * @throws InvalidRequestException if the bytes are no JSON
   */
  public static JsonNode parse(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      if (!json.isMissingNode()) {
        return json;
      }
      throw InvalidRequestException.unreadable(
          Map.of("/", List.of("the body is empty, expected JSON")));
    } catch (JsonProcessingException e) {
      throw InvalidRequestException.unreadable(
          Map.of("/", List.of(e.getOriginalMessage() + " at line " + line(e))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int line(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : e.getLocation().getLineNr();
  }

  /** Writes to {@code out}, which it leaves open. */
  static JsonGenerator generator(OutputStream out) throws IOException {
    JsonGenerator generator = MAPPER.getFactory().createGenerator(out);
    return generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  static TokenBuffer buffer() {
    return new TokenBuffer(MAPPER, false);
  }

  static ObjectNode tree(TokenBuffer buffer) throws IOException {
    return (ObjectNode) MAPPER.<JsonNode>readTree(buffer.asParser());
  }

  public static byte[] bytes(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}

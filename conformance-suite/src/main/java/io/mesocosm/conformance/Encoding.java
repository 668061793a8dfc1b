package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;

/**
 * The two encodings of the v1 APIs. Tests are written in JSON; protobuf is converted on the wire's
 * edge.
 */
public enum Encoding {
  /** Text. */
  JSON("application/json"),
  /** Binary. */
  PROTOBUF("application/x-protobuf");

  private final String mediaType;

  Encoding(String mediaType) {
    this.mediaType = mediaType;
  }

  /** What Content-Type and Accept say. */
  public String mediaType() {
    return mediaType;
  }

  /** The bytes of a message written as JSON; {@code prototype} says which message it is. */
  public byte[] encode(JsonNode message, Message prototype) {
    return this == JSON
        ? Json.bytes(message)
        : ProtobufJson.toMessage(message, prototype).toByteArray();
  }

  /** Reads bytes into JSON. */
  public JsonNode decode(byte[] bytes, Message prototype) {
    return this == JSON ? Json.parse(bytes) : ProtobufJson.toJson(bytes, prototype);
  }
}

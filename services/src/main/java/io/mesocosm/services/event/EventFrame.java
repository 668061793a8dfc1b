package io.mesocosm.services.event;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.Timestamps;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * One event as the stream shows it. Its fields are written down only when somebody wants them.
 *
 * @param type the value of {@code eventType}
 * @param fields puts all others
 */
public record EventFrame(String type, Consumer<ObjectNode> fields) {
  private static final byte[] LINE_END = {'\r', '\n'};

  /**
   * @param at when it happened (row H5)
   */
  public ObjectNode json(Instant at) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    fields.accept(json);
    return json.put("eventType", type).put("timestamp", Timestamps.format(at));
  }

  /** Row E2: {@code event: <type>\r\ndata: <json>\r\n\r\n}. */
  byte[] bytes(Instant at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    out.writeBytes(("event: " + type).getBytes(StandardCharsets.UTF_8));
    out.writeBytes(LINE_END);
    out.writeBytes("data: ".getBytes(StandardCharsets.UTF_8));
    // JSON has no line breaks of its own: those within texts are escaped.
    out.writeBytes(Json.bytes(json(at)));
    out.writeBytes(LINE_END);
    out.writeBytes(LINE_END);
    return out.toByteArray();
  }
}

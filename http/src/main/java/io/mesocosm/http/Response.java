package io.mesocosm.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** What a handler answers: a whole reply, or a stream that stays open. */
public sealed interface Response {
  int status();

  Map<String, String> headers();

  /** A reply that is complete. An empty body is sent without a Content-Type. */
  record Whole(int status, Map<String, String> headers, byte[] body) implements Response {}

  /**
   * A chunked reply that lives until one side closes it.
   *
   * @param onOpen called once, on the handler's virtual thread, when the head has been sent
   */
  record Stream(int status, Map<String, String> headers, Consumer<StreamSink> onOpen)
      implements Response {}

  /**
   * A chunked reply of any length, written as fast as the client takes it.
   *
   * @param body called once, on the handler's virtual thread, when the head has been sent; it
   *     blocks while the client is slow, and sees an IOException when the client has gone
   */
  record Written(int status, Map<String, String> headers, BodyWriter body) implements Response {}

  /** Writes a reply's body. */
  @FunctionalInterface
  interface BodyWriter {
    void writeTo(OutputStream out) throws IOException;
  }

  static Whole empty(int status) {
    return new Whole(status, Map.of(), new byte[0]);
  }

  static Whole text(int status, String text) {
    return of(status, "text/plain;charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static Whole json(int status, String json) {
    return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  static Whole of(int status, String contentType, byte[] body) {
    return new Whole(status, Map.of("Content-Type", contentType), body);
  }

  /** The same reply with one more header. */
  default Response withHeader(String name, String value) {
    Map<String, String> all = new java.util.LinkedHashMap<>(headers());
    all.put(name, value);
    return switch (this) {
      case Whole whole -> new Whole(whole.status(), all, whole.body());
      case Stream stream -> new Stream(stream.status(), all, stream.onOpen());
      case Written written -> new Written(written.status(), all, written.body());
    };
  }
}

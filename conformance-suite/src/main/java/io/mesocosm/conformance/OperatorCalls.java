package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import java.util.Locale;

/** The operator API and the legacy endpoints of one program. Any thread may use it. */
public final class OperatorCalls {
  private static final String PATH = "/api/v1";

  private final Http http;

  OperatorCalls(Http http) {
    this.http = http;
  }

  /** For requests of any other kind. */
  public Http http() {
    return http;
  }

  /** Sends a call without a body of its own, whatever the answer. */
  public Answer send(String type) {
    return http.post(PATH, Json.object("type", type));
  }

  /** Sends {@code {type, <type in lower case>: body}}, whatever the answer. */
  public Answer send(String type, JsonNode body) {
    return http.post(PATH, Json.object("type", type, type.toLowerCase(Locale.ROOT), body));
  }

  /**
   * The answer's inner object, {@code get_state} for GET_STATE; anything but a 200 of that type is
   * a mismatch.
   */
  public JsonNode call(String type) {
    return inner(type, send(type));
  }

  /** As {@link #call(String)}, with a body. */
  public JsonNode call(String type, JsonNode body) {
    return inner(type, send(type, body));
  }

  /** Sends a call that answers with an empty body, and expects this status. */
  public void expect(int status, String type, JsonNode body) {
    Expect.status(status, send(type, body), type);
  }

  /** A legacy GET that answers 200 and JSON. */
  public JsonNode get(String path) {
    Answer answer = http.get(path);
    Expect.status(200, answer, "GET " + path);
    return answer.json();
  }

  /** Opens a stream of records by a call of this API; {@code event} is the type of its records. */
  public EventStream stream(
      ObjectNode call, Encoding encoding, Message callPrototype, Message event) {
    Request request =
        Request.of("POST", PATH)
            .header("Content-Type", encoding.mediaType())
            .header("Accept", encoding.mediaType())
            .body(encoding.encode(call, callPrototype));
    return EventStream.open(http, request, bytes -> encoding.decode(bytes, event));
  }

  private static JsonNode inner(String type, Answer answer) {
    Expect.status(200, answer, type);
    JsonNode response = answer.json();
    Expect.equal(type, response.path("type").asText(), "response type");
    return response.path(type.toLowerCase(Locale.ROOT));
  }
}

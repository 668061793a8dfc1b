package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request to be sent as it stands: no header is added but what HTTP itself needs and the suite's
 * credentials.
 *
 * @param path with its query, for example {@code /state?jsonp=f}
 * @param body absent for none
 * @param timeout for the whole answer, or for the head of a streaming one
 * @param anonymous without the suite's credentials
 */
public record Request(
    String method,
    String path,
    Map<String, String> headers,
    Optional<byte[]> body,
    Duration timeout,
    boolean anonymous) {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** A GET. */
  public static Request get(String path) {
    return of("GET", path);
  }

  /** Any method, without a body. */
  public static Request of(String method, String path) {
    return new Request(method, path, Map.of(), Optional.empty(), TIMEOUT, false);
  }

  /** A POST of JSON with its Content-Type. */
  public static Request postJson(String path, JsonNode body) {
    return of("POST", path).header("Content-Type", "application/json").body(Json.bytes(body));
  }

  /** A POST of form fields, already encoded. */
  public static Request postForm(String path, String form) {
    return of("POST", path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.getBytes(StandardCharsets.UTF_8));
  }

  /** With a header, which replaces one of the same name. */
  public Request header(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Request(method, path, all, body, timeout, anonymous);
  }

  /** With a body. */
  public Request body(byte[] bytes) {
    return new Request(method, path, headers, Optional.of(bytes), timeout, anonymous);
  }

  /** With a text as the body. */
  public Request body(String text) {
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  /** With another time-out. */
  public Request timeout(Duration other) {
    return new Request(method, path, headers, body, other, anonymous);
  }

  /** Without the suite's credentials. */
  public Request withoutCredentials() {
    return new Request(method, path, headers, body, timeout, true);
  }
}

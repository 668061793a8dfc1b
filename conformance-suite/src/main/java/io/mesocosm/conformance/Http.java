package io.mesocosm.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/** Sends requests to one program. Follows no redirects. Any thread may use it. */
public final class Http {
  private final URI base;
  private final Optional<String> credentials;
  private final HttpClient client;

  Http(URI base, Optional<String> credentials) {
    this.base = base;
    this.credentials = credentials;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Where it sends to. */
  public URI base() {
    return base;
  }

  /** Sends and reads the whole answer. */
  public Answer send(Request request) {
    HttpResponse<byte[]> response = exchange(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), lowerCase(response.headers().map()), response.body());
  }

  /** A GET's whole answer. */
  public Answer get(String path) {
    return send(Request.get(path));
  }

  /** A whole answer to a POST of JSON. */
  public Answer post(String path, com.fasterxml.jackson.databind.JsonNode body) {
    return send(Request.postJson(path, body));
  }

  /**
   * Sends and reads only the head; the body is read as it comes. Closing the stream closes the
   * connection.
   */
  public HttpResponse<InputStream> open(Request request) {
    return exchange(request, HttpResponse.BodyHandlers.ofInputStream());
  }

  /** Opens a socket to send bytes of any kind. */
  public RawConnection raw() throws IOException {
    return new RawConnection(base);
  }

  /** The value of the Authorization header that the suite's credentials make. */
  public Optional<String> authorization() {
    return credentials.map(text ->
        "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  private <T> HttpResponse<T> exchange(Request request, HttpResponse.BodyHandler<T> handler) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(base.resolve(request.path())).timeout(request.timeout());
    request.headers().forEach(builder::setHeader);
    if (!request.anonymous()) {
      authorization().ifPresent(value -> builder.setHeader("Authorization", value));
    }
    builder.method(
        request.method(),
        request
            .body()
            .map(HttpRequest.BodyPublishers::ofByteArray)
            .orElseGet(HttpRequest.BodyPublishers::noBody));
    String what = request.method() + " " + base.resolve(request.path());
    try {
      return client.send(builder.build(), handler);
    } catch (IOException e) {
      throw new Mismatch("an answer to " + what, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Mismatch("an answer to " + what, "the test was ended for taking too long");
    }
  }

  static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
    Map<String, List<String>> lower = new TreeMap<>();
    headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), values));
    return lower;
  }
}

package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;

/** The API over real HTTP with the real core behind it, and what a client can see of it. */
final class CorpusServer implements AutoCloseable {
  private final SteppedCore core = new SteppedCore().loaded();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpServer server =
      HttpServer.start(
          HttpServerOptions.of("test", "127.0.0.1", 0),
          new ServicesApi(
              core.requests(),
              new AppReader("*"),
              ServicesConfig.defaults(),
              new ServicesIdentity("marathon", "1.11.24", "http", "here", 8080, new TreeMap<>()),
              new Metrics(),
              () -> SteppedCore.NOW,
              Optional.empty(),
              _ -> {},
              _ -> Response.empty(406)));

  record Reply(int status, String text, String deployment) {
    /** What was answered, of which no test wants more than one status. */
    JsonNode json(int expectedStatus) {
      assertThat(status).as(text).isEqualTo(expectedStatus);
      return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  SteppedCore core() {
    return core;
  }

  Reply send(String method, String path, JsonNode body) {
    return send(method, path, HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)));
  }

  Reply send(String method, String path) {
    return send(method, path, HttpRequest.BodyPublishers.noBody());
  }

  /** On a connection of its own, which the server may close. */
  Reply sendApart(String method, String path) {
    try (HttpClient apart = HttpClient.newHttpClient()) {
      return send(apart, method, path, HttpRequest.BodyPublishers.noBody());
    }
  }

  Reply send(String method, String path, HttpRequest.BodyPublisher body) {
    return send(client, method, path, body);
  }

  private Reply send(
      HttpClient sender, String method, String path, HttpRequest.BodyPublisher body) {
    return exchange(sender, request(method, path, body).build());
  }

  /** With one header more. */
  Reply send(String method, String path, String body, String header, String value) {
    return exchange(
        client,
        request(method, path, HttpRequest.BodyPublishers.ofString(body))
            .header(header, value)
            .build());
  }

  private HttpRequest.Builder request(String method, String path, HttpRequest.BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .header("Content-Type", "application/json")
        .method(method, body);
  }

  private static Reply exchange(HttpClient sender, HttpRequest request) {
    try {
      HttpResponse<String> response = sender.send(request, HttpResponse.BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.body(),
          response.headers().firstValue("Marathon-Deployment-Id").orElse(""));
    } catch (IOException e) {
      throw new AssertionError(request + " was not answered: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Of the answer to a GET. */
  String header(String path, String name) {
    try {
      return client
          .send(
              request("GET", path, HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.discarding())
          .headers()
          .firstValue(name)
          .orElse("");
    } catch (IOException e) {
      throw new AssertionError(path + " was not answered: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  JsonNode get(String path) {
    return send("GET", path).json(200);
  }

  /** Stops all deployments where they are. */
  void cancelDeployments() {
    for (JsonNode deployment : get("/v2/deployments")) {
      String path = "/v2/deployments/" + deployment.path("id").asText() + "?force=true";
      assertThat(send("DELETE", path).status()).isEqualTo(202);
    }
  }

  /** All that a client can see of what is stored and going on. */
  String everything() {
    StringBuilder seen = new StringBuilder();
    for (String path :
        new String[] {"/v2/apps", "/v2/groups", "/v2/deployments", "/v2/queue", "/v2/tasks"}) {
      seen.append(path).append(' ').append(send("GET", path).text()).append('\n');
    }
    return seen.toString();
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}

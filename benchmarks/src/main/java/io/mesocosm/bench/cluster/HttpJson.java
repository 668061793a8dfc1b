package io.mesocosm.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks roles how they are. Thread-safe. */
final class HttpJson implements AutoCloseable {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
  private static final int OK = 200;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final ObjectMapper mapper = new ObjectMapper();

  /** Absent if it does not answer, or not 200. */
  Optional<JsonNode> get(InetSocketAddress role, String path) {
    try {
      HttpResponse<byte[]> response =
          client.send(request(role, path), HttpResponse.BodyHandlers.ofByteArray());
      return response.statusCode() == OK
          ? Optional.of(mapper.readTree(response.body()))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // nobody there
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The status of the answer, unfollowed; 0 for none. */
  int status(InetSocketAddress role, String path) {
    try {
      return client.send(request(role, path), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException _) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static HttpRequest request(InetSocketAddress role, String path) {
    return HttpRequest.newBuilder(
            URI.create("http://" + role.getHostString() + ":" + role.getPort() + path))
        .timeout(ANSWER_MAX)
        .build();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}

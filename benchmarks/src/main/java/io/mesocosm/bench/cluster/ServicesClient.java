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
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Uses the services' API as users do. Thread-safe. */
public final class ServicesClient implements AutoCloseable {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(120);
  private static final int OK = 200;
  private static final int MULTIPLE_CHOICES = 300;
  private static final int SHOWN_MAX = 300;

  /**
   * What came back.
   *
   * @param status 0 if nothing did, and then the body says why
   */
  public record Answer(int status, String body) {
    public boolean accepted() {
      return status >= OK && status < MULTIPLE_CHOICES;
    }

    @Override
    public String toString() {
      return status + " " + body.substring(0, Math.min(body.length(), SHOWN_MAX));
    }
  }

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final ObjectMapper mapper = new ObjectMapper();
  // Moved by the controlling thread after a failover, read by those that go on asking.
  private volatile InetSocketAddress server;

  ServicesClient(InetSocketAddress server) {
    this.server = server;
  }

  void moveTo(InetSocketAddress other) {
    server = other;
  }

  /** Of an app whose tasks fit the simulated agents. */
  public Answer create(String id, int instances) {
    return send(
        "POST",
        "/v2/apps",
        String.format(
            Locale.ROOT,
            "{\"id\":\"%s\",\"cmd\":\"sleep 1000\",\"instances\":%d,\"cpus\":%s,\"mem\":%s,"
                + "\"labels\":{\"team\":\"bench\"},\"env\":{\"LEVEL\":\"info\"}}",
            id,
            instances,
            Shapes.TASK_CPUS,
            Shapes.TASK_MEM));
  }

  public Answer scale(String id, int instances) {
    return send("PUT", "/v2/apps" + id, "{\"instances\":" + instances + "}");
  }

  public Answer delete(String id) {
    return send("DELETE", "/v2/apps" + id, "");
  }

  public Answer get(String path) {
    return send("GET", path, "");
  }

  /** Deployments that are under way, or -1 if it cannot say. */
  public int deployments() {
    Answer answer = get("/v2/deployments");
    return answer.status() == OK ? json(answer).size() : -1;
  }

  /** The sum over all apps of what is counted under the name, e.g. tasksRunning; -1 for unknown. */
  public long sum(String name) {
    Answer answer = get("/v2/apps?embed=apps.counts");
    if (answer.status() != OK) {
      return -1;
    }
    long sum = 0;
    for (JsonNode app : json(answer).path("apps")) {
      sum += app.path(name).asLong();
    }
    return sum;
  }

  /** The ids of all tasks that are listed. */
  Set<String> taskIds() {
    Set<String> ids = new TreeSet<>();
    for (JsonNode task : json(get("/v2/tasks")).path("tasks")) {
      ids.add(task.path("id").asText());
    }
    return ids;
  }

  /** The port of the leader, as the server says; 0 if it does not. */
  int leaderPort() {
    Answer answer = get("/v2/leader");
    if (answer.status() != OK) {
      return 0;
    }
    String text = json(answer).path("leader").asText();
    return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
  }

  /**
   * Reads the body.
   *
   * @throws IllegalStateException with its beginning, if it is not JSON
   */
  public JsonNode json(Answer answer) {
    try {
      return mapper.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException("the answer is not JSON: " + answer, e);
    }
  }

  private Answer send(String method, String path, String body) {
    InetSocketAddress to = server;
    HttpRequest.BodyPublisher content =
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://" + to.getHostString() + ":" + to.getPort() + path))
                  .timeout(ANSWER_MAX)
                  .header("Content-Type", "application/json")
                  .header("Accept", "application/json")
                  .method(method, content)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, method + " " + path + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(0, method + " " + path + ": interrupted");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}

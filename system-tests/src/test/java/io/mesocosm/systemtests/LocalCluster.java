package io.mesocosm.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A cluster started with {@code ./cosm local --detach}, on free ports, and the means to look at it
 * from outside.
 */
final class LocalCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PORTS = 3 + 3;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path workDir;
  private final int portsFrom;

  private LocalCluster(Path workDir, int portsFrom) {
    this.workDir = workDir;
    this.portsFrom = portsFrom;
  }

  record Answer(int status, JsonNode body, Map<String, List<String>> headers) {}

  static LocalCluster start(Path workDir, String... files) {
    LocalCluster cluster = new LocalCluster(workDir, freePorts());
    cluster.startAgain(files);
    return cluster;
  }

  /** Starts it where it was, with what it remembers. */
  void startAgain(String... files) {
    List<String> arguments =
        new ArrayList<>(
            List.of("local", "--detach", "--work_dir=" + workDir, "--ports-from=" + portsFrom));
    arguments.addAll(List.of(files));
    Cosm.Outcome outcome = Cosm.cosm(Map.of(), arguments.toArray(String[]::new));
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          "cosm local exited with " + outcome.exitCode() + ": " + outcome.all());
    }
  }

  String master() {
    return "http://127.0.0.1:" + portsFrom;
  }

  String services() {
    return "http://127.0.0.1:" + (portsFrom + 1);
  }

  int portsFrom() {
    return portsFrom;
  }

  /** {@code ./cosm arguments…}, pointed at this cluster. */
  Cosm.Outcome cosm(String... arguments) {
    return Cosm.cosm(Map.of("COSM_MASTER", master(), "COSM_SERVICES", services()), arguments);
  }

  Answer get(String url) {
    return exchange("GET", url, "");
  }

  Answer post(String url, String json) {
    return exchange("POST", url, json);
  }

  Answer exchange(String method, String url, String json) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json))
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), parse(response.body()), response.headers().map());
    } catch (IOException e) {
      throw new AssertionError(method + " " + url + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The tasks of an app, as the Marathon API lists them. */
  List<JsonNode> tasks(String app) {
    List<JsonNode> tasks = new ArrayList<>();
    get(services() + "/v2/apps" + app + "/tasks").body().path("tasks").forEach(tasks::add);
    return tasks;
  }

  List<JsonNode> awaitRunning(String app, int count) {
    return await(
        () ->
            tasks(app).stream()
                .filter(task -> task.path("state").asText().equals("TASK_RUNNING"))
                .toList(),
        running -> running.size() == count,
        app + " has " + count + " running tasks");
  }

  /** Polls until what is seen is as wanted; a minute at most. */
  static <T> T await(Supplier<T> look, Predicate<T> wanted, String what) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      T seen = look.get();
      if (wanted.test(seen)) {
        return seen;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 60 s: " + what + "; last seen: " + seen);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  void stop() {
    Cosm.Outcome outcome = Cosm.cosm(Map.of(), "local", "stop", "--work_dir=" + workDir);
    if (outcome.exitCode() != 0) {
      throw new AssertionError("cosm local stop: " + outcome.all());
    }
  }

  @Override
  public void close() {
    stop();
  }

  private static JsonNode parse(String body) {
    try {
      return body.isBlank() ? JSON.missingNode() : JSON.readTree(body);
    } catch (IOException e) {
      return JSON.getNodeFactory().textNode(body);
    }
  }

  /**
   * The first of as many successive ports as a cluster of three agents needs, all free just now.
   */
  private static int freePorts() {
    for (int first = 21000; first < 30000; first += PORTS) {
      if (areFree(first)) {
        return first;
      }
    }
    throw new AssertionError("no free ports between 21000 and 30000");
  }

  private static boolean areFree(int first) {
    for (int port = first; port < first + PORTS; port++) {
      try (ServerSocket socket = new ServerSocket(port)) {
        socket.getLocalPort();
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}

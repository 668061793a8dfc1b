package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A router as small as it can be: it listens to events, keeps the set of instances that it would
 * send requests to, and says so. What it needs to know of the API is all in here.
 */
final class TestRouter implements AutoCloseable {
  private final String name;
  private final String url;
  private final Consumer<String> journal;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  // By id of the instance. The reading thread writes, tests read.
  private final Set<String> routed = ConcurrentHashMap.newKeySet();
  private final InputStream stream;
  private final Thread reading;

  /**
   * @param journal hears of what it does, when it has done it and before it says so
   */
  TestRouter(String name, String url, Consumer<String> journal) throws Exception {
    this.name = name;
    this.url = url;
    this.journal = journal;
    HttpRequest listen =
        HttpRequest.newBuilder(URI.create(url + "/v2/events?router=" + name))
            .header("Accept", "text/event-stream")
            .build();
    HttpResponse<InputStream> response =
        client.send(listen, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException("no events: " + response.statusCode());
    }
    stream = response.body();
    reading = Thread.ofVirtual().name("router-" + name).start(this::read);
  }

  /** The instances that get requests. */
  Set<String> routed() {
    return routed;
  }

  /** Types of the events that were heard, when they were acted upon. */
  BlockingQueue<String> heard() {
    return heard;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          String data = lines.readLine().substring("data: ".length());
          String type = line.substring("event: ".length());
          take(type, Json.parse(data.getBytes(StandardCharsets.UTF_8)));
          heard.add(type);
        }
      }
    } catch (IOException e) {
      heard.add("end: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(String type, JsonNode event) throws IOException, InterruptedException {
    switch (type) {
      case "event_stream_attached" -> learn();
      case "instance_changed_event" -> {
        if (event.path("condition").asText().equals("Running")) {
          show(event.path("instanceId").asText());
        } else {
          routed.remove(event.path("instanceId").asText());
        }
      }
      case "instance_draining" -> letGo(event.path("instanceId").asText());
      default -> {}
    }
  }

  /** What was there before this listened. */
  private void learn() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v2/tasks")).build();
    byte[] body = client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    for (JsonNode task : Json.parse(body).path("tasks")) {
      String id = task.path("id").asText();
      String instance = id.substring(0, id.indexOf("._app."));
      if (task.path("ending").asBoolean()) {
        letGo(instance);
      } else if (task.path("state").asText().equals("TASK_RUNNING")) {
        show(instance);
      }
    }
  }

  private void show(String instance) throws IOException, InterruptedException {
    routed.add(instance);
    journal.accept("shown " + instance);
    confirm("shown", instance);
  }

  private void letGo(String instance) throws IOException, InterruptedException {
    routed.remove(instance);
    journal.accept("removed " + instance);
    confirm("removed", instance);
  }

  private void confirm(String field, String instance) throws IOException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray(field).add(instance);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v2/routing/" + name))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
            .build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 204) {
      throw new IOException("confirmation was answered " + status);
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
    reading.interrupt();
    client.shutdownNow();
  }
}

package io.mesocosm.systemtests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A framework that knows nothing of Mesocosm but the v1 scheduler API in JSON: launches tasks that
 * leave a line in a file of their own, once each, and notes what becomes of them.
 */
final class OneOffTasks implements Runnable {
  private static final Duration SILENCE_MAX = Duration.ofSeconds(40);
  private static final int LAUNCHES_PER_OFFER = 2;
  private static final long RETRY_MILLIS = 300;

  private final Web web;
  private final List<String> masters;
  private final Path marks;
  // The thread of the subscription writes; read after it has ended, or as a whole for the checks.
  private final SortedMap<String, String> states = new TreeMap<>();
  private final SortedMap<String, String> agents = new TreeMap<>();
  private final String name;
  private Optional<String> frameworkId = Optional.empty();
  private volatile boolean launching = true;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private int tasks;

  OneOffTasks(Web web, List<String> masters, Path marks) {
    this.web = web;
    this.masters = masters;
    this.marks = marks;
    this.name = "one-off";
  }

  /** Launches nothing more; what runs is followed to its end. */
  void stopLaunching() {
    launching = false;
  }

  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    int attempt = 0;
    try {
      do {
        follow(masters.get(attempt++ % masters.size()));
      } while (!stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(String master) throws InterruptedException {
    try {
      subscribe(master);
    } catch (IOException e) {
      // The master is away, or was: the next one may lead.
    }
  }

  private void subscribe(String master) throws IOException, InterruptedException {
    ObjectNode call = Web.JSON.createObjectNode().put("type", "SUBSCRIBE");
    ObjectNode info = call.putObject("subscribe").putObject("framework_info");
    info.put("user", "root")
        .put("name", name)
        .put("failover_timeout", 3600)
        .put("checkpoint", true);
    info.putArray("roles").add("one-off");
    ArrayNode capabilities = info.putArray("capabilities");
    capabilities.addObject().put("type", "MULTI_ROLE");
    capabilities.addObject().put("type", "PARTITION_AWARE");
    frameworkId.ifPresent(id -> {
      info.putObject("id").put("value", id);
      call.putObject("framework_id").put("value", id);
    });
    HttpResponse<InputStream> response =
        web.client()
            .send(
                HttpRequest.newBuilder(URI.create(master + "/api/v1/scheduler"))
                    .timeout(Duration.ofSeconds(5))
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(call.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream events = response.body()) {
      if (response.statusCode() != 200) {
        return; // nobody leads: ask again soon
      }
      String leader = "http://" + response.uri().getAuthority();
      String stream = response.headers().firstValue("Mesos-Stream-Id").orElse("");
      Watch watch = new Watch(events);
      try {
        while (stopped.getCount() > 0) {
          handle(leader, stream, watch.read());
        }
      } finally {
        watch.done();
      }
    }
  }

  private synchronized void handle(String leader, String stream, JsonNode event)
      throws IOException, InterruptedException {
    switch (event.path("type").asText()) {
      case "SUBSCRIBED" -> {
        frameworkId =
            Optional.of(event.path("subscribed").path("framework_id").path("value").asText());
        reconcile(leader, stream);
      }
      case "OFFERS" -> {
        for (JsonNode offer : event.path("offers").path("offers")) {
          answer(leader, stream, offer);
        }
      }
      case "UPDATE" -> update(leader, stream, event.path("update").path("status"));
      case "HEARTBEAT" -> reconcile(leader, stream);
      default -> {
        // RESCIND, FAILURE: what matters of them comes as updates
      }
    }
  }

  private void answer(String leader, String stream, JsonNode offer)
      throws IOException, InterruptedException {
    ObjectNode call = call(launching ? "ACCEPT" : "DECLINE");
    if (!launching) {
      call.putObject("decline").putArray("offer_ids").add(offer.path("id"));
      send(leader, stream, call);
      return;
    }
    ObjectNode accept = call.putObject("accept");
    accept.putArray("offer_ids").add(offer.path("id"));
    accept.putObject("filters").put("refuse_seconds", 2);
    ArrayNode infos =
        accept
            .putArray("operations")
            .addObject()
            .put("type", "LAUNCH")
            .putObject("launch")
            .putArray("task_infos");
    for (int i = 0; i < LAUNCHES_PER_OFFER; i++) {
      String id = "one-off-" + tasks++;
      states.put(id, "LAUNCHED"); // before it is sent: whether it arrives is not known here
      agents.put(id, offer.path("agent_id").path("value").asText());
      ObjectNode task = infos.addObject().put("name", id);
      task.putObject("task_id").put("value", id);
      task.set("agent_id", offer.path("agent_id"));
      task.putObject("command").put("value", "echo ran >> " + marks.resolve(id) + "; sleep 2");
      resource(task, "cpus", 0.05);
      resource(task, "mem", 8);
    }
    send(leader, stream, call);
  }

  private static void resource(ObjectNode task, String name, double value) {
    ArrayNode resources =
        task.has("resources") ? (ArrayNode) task.get("resources") : task.putArray("resources");
    ObjectNode resource = resources.addObject().put("name", name).put("type", "SCALAR");
    resource.putObject("scalar").put("value", value);
    resource.putObject("allocation_info").put("role", "one-off");
  }

  private void update(String leader, String stream, JsonNode status)
      throws IOException, InterruptedException {
    String task = status.path("task_id").path("value").asText();
    String state = status.path("state").asText();
    if (!isTerminal(states.getOrDefault(task, ""))) {
      states.put(task, state);
    }
    if (status.has("uuid")) {
      ObjectNode call = call("ACKNOWLEDGE");
      ObjectNode acknowledge = call.putObject("acknowledge");
      acknowledge.set("agent_id", status.path("agent_id"));
      acknowledge.set("task_id", status.path("task_id"));
      acknowledge.set("uuid", status.path("uuid"));
      send(leader, stream, call);
    }
  }

  /**
   * Asks for everything that is not known to be over: an update is told once, an answer each time.
   */
  private void reconcile(String leader, String stream) throws IOException, InterruptedException {
    ObjectNode call = call("RECONCILE");
    ArrayNode asked = call.putObject("reconcile").putArray("tasks");
    states.forEach((task, state) -> {
      if (!isTerminal(state)) {
        ObjectNode one = asked.addObject();
        one.putObject("task_id").put("value", task);
        one.putObject("agent_id").put("value", agents.get(task));
      }
    });
    if (!asked.isEmpty()) {
      send(leader, stream, call);
    }
  }

  private ObjectNode call(String type) {
    ObjectNode call = Web.JSON.createObjectNode().put("type", type);
    call.putObject("framework_id").put("value", frameworkId.orElseThrow());
    return call;
  }

  private void send(String leader, String stream, ObjectNode call)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        web.client()
            .send(
                HttpRequest.newBuilder(URI.create(leader + "/api/v1/scheduler"))
                    .timeout(Duration.ofSeconds(5))
                    .header("Content-Type", "application/json")
                    .header("Mesos-Stream-Id", stream)
                    .POST(HttpRequest.BodyPublishers.ofString(call.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 202) {
      throw new IOException(call.path("type") + " was answered " + response.statusCode());
    }
  }

  static boolean isTerminal(String state) {
    return switch (state) {
      case "TASK_FINISHED",
          "TASK_FAILED",
          "TASK_KILLED",
          "TASK_ERROR",
          "TASK_LOST",
          "TASK_DROPPED",
          "TASK_GONE",
          "TASK_GONE_BY_OPERATOR",
          "TASK_UNKNOWN" ->
          true;
      default -> false;
    };
  }

  synchronized int launched() {
    return states.size();
  }

  /** How many ended in each state. */
  synchronized SortedMap<String, Integer> tally() {
    SortedMap<String, Integer> tally = new TreeMap<>();
    states.values().forEach(state -> tally.merge(state, 1, Integer::sum));
    return tally;
  }

  /** Tasks of which the framework has not learnt the end. */
  synchronized List<String> open() {
    return states.entrySet().stream()
        .filter(entry -> !isTerminal(entry.getValue()))
        .map(entry -> entry.getKey() + " is " + entry.getValue())
        .toList();
  }

  /** What contradicts "every task runs at most once, and one that finished ran once". */
  synchronized List<String> broken() {
    List<String> broken = new ArrayList<>();
    states.forEach((task, state) -> {
      int runs = runs(task);
      if (runs > 1) {
        broken.add(task + " ran " + runs + " times");
      } else if (runs == 0 && state.equals("TASK_FINISHED")) {
        broken.add(task + " is said to have finished and never ran");
      } else if (runs == 1 && state.equals("TASK_DROPPED")) {
        broken.add(task + " is said never to have started, and ran");
      }
    });
    return broken;
  }

  private int runs(String task) {
    try {
      return Files.exists(marks.resolve(task)) ? Files.readAllLines(marks.resolve(task)).size() : 0;
    } catch (IOException e) {
      throw new AssertionError("cannot read the mark of " + task, e);
    }
  }

  /** Reads RecordIO; ends the stream when it has been silent for too long, as a cut cable is. */
  private static final class Watch {
    private final InputStream events;
    private final Semaphore signs = new Semaphore(0);
    private final Thread watcher;

    Watch(InputStream events) {
      this.events = events;
      this.watcher = Thread.ofVirtual().start(this::watch);
    }

    private void watch() {
      try {
        while (signs.tryAcquire(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
          // it lives
        }
        events.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        // it was broken already, which the reader learns by itself
      }
    }

    void done() {
      watcher.interrupt();
    }

    JsonNode read() throws IOException {
      StringBuilder length = new StringBuilder();
      int next = events.read();
      while (next != '\n') {
        if (next < 0) {
          throw new IOException("the stream ended");
        }
        length.append((char) next);
        next = events.read();
      }
      byte[] record = events.readNBytes(Integer.parseInt(length.toString()));
      signs.release();
      return Web.JSON.readTree(new String(record, StandardCharsets.UTF_8));
    }
  }
}

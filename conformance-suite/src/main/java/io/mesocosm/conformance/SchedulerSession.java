package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A framework's subscription: its stream of events, and calls in its name. Closing it tears the
 * framework down. One thread uses it.
 */
public final class SchedulerSession implements AutoCloseable {
  /** Where schedulers speak to the master. */
  public static final String PATH = "/api/v1/scheduler";

  /** How long tests wait for what should come soon. */
  public static final Duration SOON = Duration.ofSeconds(15);

  private static final Set<String> TERMINAL =
      Set.of(
          "TASK_FINISHED",
          "TASK_FAILED",
          "TASK_KILLED",
          "TASK_ERROR",
          "TASK_LOST",
          "TASK_DROPPED",
          "TASK_GONE",
          "TASK_GONE_BY_OPERATOR");

  private final Http http;
  private final Framework framework;
  private final EventStream events;
  private final String frameworkId;
  private final List<JsonNode> unused = new ArrayList<>();

  private SchedulerSession(Http http, Framework framework, EventStream events, String frameworkId) {
    this.http = http;
    this.framework = framework;
    this.events = events;
    this.frameworkId = frameworkId;
  }

  /** Sends the SUBSCRIBE, whatever comes of it. */
  public static EventStream open(Http http, Framework framework) {
    Encoding encoding = framework.encoding();
    Request request =
        Request.of("POST", PATH)
            .header("Content-Type", encoding.mediaType())
            .header("Accept", encoding.mediaType())
            .body(encoding.encode(framework.subscribeCall(), Call.getDefaultInstance()));
    return EventStream.open(
        http, request, bytes -> encoding.decode(bytes, Event.getDefaultInstance()));
  }

  /** Subscribes and waits for SUBSCRIBED. */
  static SchedulerSession subscribe(Http http, Framework framework) {
    EventStream events = open(http, framework);
    if (events.status() != 200) {
      Expect.status(200, events.refusal(), "SUBSCRIBE");
    }
    JsonNode subscribed = events.await("SUBSCRIBED", SOON);
    String id = subscribed.at("/subscribed/framework_id/value").asText();
    return new SchedulerSession(http, framework, events, id);
  }

  /** The id that the master gave. */
  public String frameworkId() {
    return frameworkId;
  }

  /** What it subscribed with. */
  public Framework framework() {
    return framework;
  }

  /** What to subscribe with again: the same, with the id. */
  public Framework again() {
    return framework.with("id", Json.value(frameworkId));
  }

  /** The Mesos-Stream-Id of the subscription. */
  public String streamId() {
    return events.header("Mesos-Stream-Id").orElse("");
  }

  /** The stream of events. */
  public EventStream events() {
    return events;
  }

  /** A call of this type and body with the framework's id, to be changed or sent. */
  public ObjectNode callOf(String type, Object... body) {
    ObjectNode call = Json.object("framework_id", Json.value(frameworkId), "type", type);
    if (body.length > 0) {
      call.set(type.toLowerCase(Locale.ROOT), Json.object(body));
    }
    return call;
  }

  /** Sends a call as it stands, with the stream id, whatever the answer. */
  public Answer send(JsonNode call) {
    return send(call, Map.of("Mesos-Stream-Id", streamId()));
  }

  /** Sends a call with these headers beside the content type. */
  public Answer send(JsonNode call, Map<String, String> headers) {
    Request request =
        Request.of("POST", PATH)
            .header("Content-Type", framework.encoding().mediaType())
            .header("Accept", framework.encoding().mediaType())
            .body(framework.encoding().encode(call, Call.getDefaultInstance()));
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request = request.header(header.getKey(), header.getValue());
    }
    return http.send(request);
  }

  /** Sends a call, names and values of its body in turn, and expects 202. */
  public void call(String type, Object... body) {
    Expect.status(202, send(callOf(type, body)), type);
  }

  /**
   * The next offer with room for a small task; the session keeps the others until {@link #quiet()}.
   */
  public JsonNode offer() {
    return offer(SOON);
  }

  /** As {@link #offer()}, within this time. */
  public JsonNode offer(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      JsonNode offers =
          events.await("OFFERS", Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      Optional<JsonNode> roomy =
          Json.each(offers.at("/offers/offers"))
              .filter(offer -> scalar(offer, "cpus") >= 0.2 && scalar(offer, "mem") >= 96)
              .findFirst();
      Json.each(offers.at("/offers/offers"))
          .filter(offer -> !roomy.equals(Optional.of(offer)))
          .forEach(unused::add);
      if (roomy.isPresent()) {
        return roomy.orElseThrow();
      }
    }
  }

  /** All offers of the next OFFERS event. */
  public List<JsonNode> offers() {
    return Json.each(events.await("OFFERS", SOON).at("/offers/offers")).toList();
  }

  /** The sum of an offer's (or any list of resources' owner's) scalars of this name. */
  public static double scalar(JsonNode owner, String name) {
    return Json.each(owner.path("resources"))
        .filter(resource -> resource.path("name").asText().equals(name))
        .mapToDouble(resource -> resource.at("/scalar/value").asDouble())
        .sum();
  }

  /** Accepts one offer with these operations; what is left is refused for {@code refuseSeconds}. */
  public void accept(JsonNode offer, double refuseSeconds, Object... operations) {
    call(
        "ACCEPT",
        "offer_ids",
        List.of(offer.get("id")),
        "operations",
        List.of(operations),
        "filters",
        Json.object("refuse_seconds", refuseSeconds));
  }

  /** Launches these tasks on an offer and refuses the rest for an hour. */
  public void launch(JsonNode offer, JsonNode... tasks) {
    accept(offer, 3600, launchOf(tasks));
  }

  /** A LAUNCH operation. */
  public static ObjectNode launchOf(JsonNode... tasks) {
    return Json.object(
        "type", "LAUNCH", "launch", Json.object("task_infos", Json.array((Object[]) tasks)));
  }

  /** Declines offers. */
  public void decline(double refuseSeconds, JsonNode... offers) {
    ArrayNode ids = Json.array();
    for (JsonNode offer : offers) {
      ids.add(offer.get("id"));
    }
    call("DECLINE", "offer_ids", ids, "filters", Json.object("refuse_seconds", refuseSeconds));
  }

  /** Suppresses all roles and declines for an hour every offer that the test did not take. */
  public void quiet() {
    call("SUPPRESS");
    for (Optional<JsonNode> event = untaken(); event.isPresent(); event = untaken()) {
      Json.each(event.orElseThrow().at("/offers/offers")).forEach(unused::add);
    }
    decline(3600, unused.toArray(JsonNode[]::new));
    unused.clear();
  }

  private Optional<JsonNode> untaken() {
    return events.poll("OFFERS", _ -> true, Duration.ofMillis(80));
  }

  /**
   * A command task of 0.1 cpus and 32 MB for an offer's agent; it may be changed before it is
   * launched.
   */
  public static ObjectNode task(JsonNode offer, String taskId, String command) {
    return Json.object(
        "name", taskId,
        "task_id", Json.value(taskId),
        "agent_id", offer.get("agent_id"),
        "resources", Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32)),
        "command", Json.object("value", command));
  }

  /** The next status of a task that no wait took, without acknowledging it. */
  public JsonNode update(String taskId) {
    return update(taskId, SOON);
  }

  /** As {@link #update(String)}, within this time. */
  public JsonNode update(String taskId, Duration timeout) {
    return events
        .await(
            "UPDATE",
            event -> event.at("/update/status/task_id/value").asText().equals(taskId),
            timeout)
        .at("/update/status");
  }

  /** Acknowledges a status that has a uuid. */
  public void acknowledge(JsonNode status) {
    if (status.has("uuid")) {
      call(
          "ACKNOWLEDGE",
          "agent_id",
          status.get("agent_id"),
          "task_id",
          status.get("task_id"),
          "uuid",
          status.get("uuid"));
    }
  }

  /**
   * Acknowledges a task's statuses until one of this state; another terminal state before it is a
   * mismatch.
   */
  public JsonNode awaitState(String taskId, String state) {
    return awaitState(taskId, state, SOON);
  }

  /** As {@link #awaitState(String, String)}, where each status may take this long. */
  public JsonNode awaitState(String taskId, String state, Duration timeout) {
    while (true) {
      JsonNode status = update(taskId, timeout);
      acknowledge(status);
      String seen = status.path("state").asText();
      if (seen.equals(state)) {
        return status;
      }
      Expect.that(!TERMINAL.contains(seen), "task " + taskId + " to become " + state, status);
    }
  }

  /** Ends the connection without a TEARDOWN. */
  public void disconnect() {
    events.close();
  }

  /** Tears the framework down, if it still is subscribed, and ends the connection. */
  @Override
  public void close() {
    if (!events.ended()) {
      send(callOf("TEARDOWN"));
    }
    events.close();
  }
}

package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Encoding;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Placement;
import io.mesocosm.conformance.operator.Sandbox;
import io.mesocosm.conformance.scheduler.Tasks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/**
 * A custom executor on the agent under test. What the agent starts is a command that speaks to
 * nobody; the suite plays the executor's part over the executor API. One thread uses it.
 *
 * @param scheduler the framework's session, which gets no more offers
 */
record ExecutorSession(
    Target target, SchedulerSession scheduler, String executorId, JsonNode agentId) {
  /** Where executors speak to the agent. */
  static final String PATH = "/api/v1/executor";

  /** How long tests wait for what should come soon. */
  static final Duration SOON = SchedulerSession.SOON;

  /** A command that lasts until it is killed. */
  static final String WAITING = "exec sleep 600";

  /** An executor that got a task "one", and does not know it yet. */
  static ExecutorSession launched(Target target) throws InterruptedException {
    return launched(target, target.framework(), UnaryOperator.identity(), "one");
  }

  /**
   * An executor that got these tasks in one operation LAUNCH. It has a second to end after a
   * SHUTDOWN, unless the change says another time.
   */
  static ExecutorSession launched(
      Target target, Framework framework, UnaryOperator<ObjectNode> change, String... taskIds)
      throws InterruptedException {
    return launched(
        target,
        framework,
        change,
        (session, offer, executor) -> {
          JsonNode[] tasks = tasks(offer, taskIds);
          for (JsonNode task : tasks) {
            ((ObjectNode) task).set("executor", executor);
          }
          session.launch(offer, tasks);
        });
  }

  /** An executor that got these tasks as one group. */
  static ExecutorSession launchedGroup(Target target, String... taskIds)
      throws InterruptedException {
    return launched(
        target,
        target.framework(),
        UnaryOperator.identity(),
        (session, offer, executor) -> {
          executor.set("framework_id", Json.value(session.frameworkId()));
          JsonNode[] tasks =
              Stream.of(taskIds)
                  .map(id -> SchedulerSession.task(offer, id, "true"))
                  .toArray(JsonNode[]::new);
          session.accept(offer, 3600, Tasks.group(executor, tasks));
        });
  }

  private interface Launch {
    void with(SchedulerSession session, JsonNode offer, ObjectNode executor);
  }

  private static ExecutorSession launched(
      Target target, Framework framework, UnaryOperator<ObjectNode> change, Launch launch)
      throws InterruptedException {
    String id = "executor-" + target.unique();
    ObjectNode executor = Tasks.customExecutor(id, WAITING);
    executor.set("shutdown_grace_period", Json.object("nanoseconds", 1_000_000_000L));
    ObjectNode changed = change.apply(executor);
    SchedulerSession scheduler =
        Placement.onOffer(
            target, framework, (session, offer) -> launch.with(session, offer, changed));
    target.eventually(
        "executor " + id + " in the agent's /state",
        SOON,
        () -> {
          scheduler
              .events()
              .poll("UPDATE", _ -> true, Duration.ZERO)
              .ifPresent(event -> {
                throw new Mismatch("the launch of executor " + id, event.toString());
              });
          return Sandbox.find(target, scheduler.frameworkId(), id);
        });
    return new ExecutorSession(target, scheduler, id, Placement.agentIdValue(target));
  }

  private static JsonNode[] tasks(JsonNode offer, String... ids) {
    return Stream.of(ids).map(id -> Tasks.bare(offer, id)).toArray(JsonNode[]::new);
  }

  /** A call of this type with both ids and, where given, a body of names and values in turn. */
  ObjectNode callOf(String type, Object... body) {
    ObjectNode call =
        Json.object(
            "executor_id",
            Json.value(executorId),
            "framework_id",
            Json.value(scheduler.frameworkId()),
            "type",
            type);
    if (body.length > 0) {
      call.set(type.toLowerCase(Locale.ROOT), Json.object(body));
    }
    return call;
  }

  /** A POST of this call. */
  Request request(JsonNode call, Encoding encoding) {
    return Request.of("POST", PATH)
        .withoutCredentials()
        .header("Content-Type", encoding.mediaType())
        .header("Accept", encoding.mediaType())
        .body(encoding.encode(call, Call.getDefaultInstance()));
  }

  /** Sends a call, whatever the answer. */
  Answer send(JsonNode call) {
    return send(request(call, Encoding.JSON));
  }

  /** Sends a request to the agent, whatever the answer. */
  Answer send(Request request) {
    return target.agent().http().send(request);
  }

  /** Sends a call and expects 202. */
  void call(String type, Object... body) {
    Expect.status(202, send(callOf(type, body)), type);
  }

  /** A SUBSCRIBE call that knows these tasks and these statuses, not yet acknowledged. */
  ObjectNode subscribeCall(List<JsonNode> tasks, List<JsonNode> statuses) {
    ObjectNode call = callOf("SUBSCRIBE");
    ObjectNode body = call.putObject("subscribe");
    if (!tasks.isEmpty()) {
      body.set("unacknowledged_tasks", Json.array(tasks.toArray()));
    }
    ArrayNode updates = Json.array();
    statuses.forEach(status -> updates.add(Json.object("status", status)));
    if (!updates.isEmpty()) {
      body.set("unacknowledged_updates", updates);
    }
    return call;
  }

  /** Sends a subscription, whatever comes of it; the stream is closed at the test's end. */
  EventStream open(JsonNode call, Encoding encoding) {
    return target.closing(
        EventStream.open(
            target.agent().http(),
            request(call, encoding),
            bytes -> encoding.decode(bytes, Event.getDefaultInstance())));
  }

  /** Sends a subscription, which must be accepted. */
  EventStream open(JsonNode call) {
    EventStream events = open(call, Encoding.JSON);
    if (events.status() != 200) {
      Expect.status(200, events.refusal(), "SUBSCRIBE");
    }
    return events;
  }

  /** Subscribes as an executor that knows nothing yet, and takes SUBSCRIBED. */
  EventStream subscribe() {
    return subscribe(List.of(), List.of());
  }

  /** Subscribes, knowing these tasks and statuses, and takes SUBSCRIBED. */
  EventStream subscribe(List<JsonNode> tasks, List<JsonNode> statuses) {
    EventStream events = open(subscribeCall(tasks, statuses));
    events.await("SUBSCRIBED", SOON);
    return events;
  }

  /** Takes the LAUNCH of a task; the TaskInfo. */
  static JsonNode launchOf(EventStream events, String taskId) {
    return events
        .await(
            "LAUNCH", event -> event.at("/launch/task/task_id/value").asText().equals(taskId), SOON)
        .at("/launch/task");
  }

  /** A fresh status by the executor, with a uuid. */
  ObjectNode status(String taskId, String state) {
    UUID uuid = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    return Json.object(
        "task_id",
        Json.value(taskId),
        "state",
        state,
        "source",
        "SOURCE_EXECUTOR",
        "uuid",
        Base64.getEncoder().encodeToString(bytes));
  }

  /** Sends a fresh status, which must be accepted, and returns it. */
  JsonNode update(String taskId, String state) {
    ObjectNode status = status(taskId, state);
    call("UPDATE", "status", status);
    return status;
  }

  /** Takes the agent's ACKNOWLEDGED of this status. */
  static JsonNode acknowledged(EventStream events, JsonNode status) {
    return events
        .await(
            "ACKNOWLEDGED",
            event -> event.at("/acknowledged/uuid").equals(status.get("uuid")),
            SOON)
        .path("acknowledged");
  }

  /** The scheduler sends SHUTDOWN for the executor. */
  void shutdown() {
    scheduler.call("SHUTDOWN", "executor_id", Json.value(executorId), "agent_id", agentId);
  }

  /** The scheduler's next FAILURE of this executor. */
  JsonNode failure(Duration timeout) {
    return scheduler
        .events()
        .await(
            "FAILURE",
            event -> event.at("/failure/executor_id/value").asText().equals(executorId),
            timeout)
        .path("failure");
  }

  /** What the agent's /state says of the executor. */
  JsonNode state() {
    return Sandbox.find(target, scheduler.frameworkId(), executorId)
        .orElseThrow(() -> new Mismatch("executor " + executorId + " in /state", "absent"));
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Encoding;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Section 4: the master's event stream. */
final class EventStreamRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;
  private static final int SUBSCRIBERS_MAX = 1_200;

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("4/V1", "head of the stream, in both encodings", EventStreamRows::head);
    rows.test("4/V2", "SUBSCRIBED, and HEARTBEAT right after", EventStreamRows::start);
    rows.exclusive("4/V3", "the oldest of too many is closed", EventStreamRows::tooMany);
    rows.notObservable(
        "4/V4", "filtered by authorisation", "needs ACLs and a principal that they refuse");
    rows.test("4/SUBSCRIBED", "SUBSCRIBED 1", EventStreamRows::subscribed);
    rows.test("4/TASK_ADDED", "TASK_ADDED 2", EventStreamRows::taskAdded);
    rows.test("4/TASK_UPDATED", "TASK_UPDATED 3", EventStreamRows::taskUpdated);
    rows.notObservable("4/AGENT_ADDED", "AGENT_ADDED 4", "needs an agent to be started");
    rows.notObservable("4/AGENT_REMOVED", "AGENT_REMOVED 5", "needs an agent to be lost for good");
    rows.test("4/FRAMEWORK_ADDED", "FRAMEWORK_ADDED 6", EventStreamRows::frameworkAdded);
    rows.test("4/FRAMEWORK_UPDATED", "FRAMEWORK_UPDATED 7", EventStreamRows::frameworkUpdated);
    rows.test("4/FRAMEWORK_REMOVED", "FRAMEWORK_REMOVED 8", EventStreamRows::frameworkRemoved);
    rows.test("4/HEARTBEAT", "HEARTBEAT 9", EventStreamRows::heartbeat);
  }

  private static void head(Target target) {
    for (Encoding encoding : Encoding.values()) {
      EventStream events = Watch.open(target, encoding);
      Expect.equal(encoding.mediaType(), events.header("Content-Type").orElse(""), "Content-Type");
      events.await("SUBSCRIBED", SOON);
    }
  }

  private static void start(Target target) {
    EventStream events = Watch.open(target);
    events.await("HEARTBEAT", SOON);
    List<String> types =
        events.received().stream().map(one -> one.event().path("type").asText()).toList();
    Expect.equal("SUBSCRIBED", types.getFirst(), "first event");
    JsonNode subscribed = events.received().getFirst().event().path("subscribed");
    Expect.equal(
        15.0,
        subscribed.path("heartbeat_interval_seconds").asDouble(),
        "heartbeat_interval_seconds");
    Duration between = Duration.between(events.received().getFirst().at(), Instant.now());
    Expect.that(between.compareTo(Duration.ofSeconds(5)) < 0, "HEARTBEAT right after", between);
  }

  private static void tooMany(Target target) {
    int limit =
        target
            .cluster()
            .flag("max_operator_event_stream_subscribers")
            .map(Integer::parseInt)
            .orElse(1000);
    if (limit > SUBSCRIBERS_MAX) {
      throw new NotObservable("the limit of " + limit + " is too many to open");
    }
    EventStream oldest = Watch.started(target);
    for (int i = 0; i < limit; i++) {
      Expect.that(!oldest.ended() || i == limit - 1, "room for " + limit + " streams", i + 1);
      Watch.open(target);
    }
    oldest.awaitEnd(SOON);
  }

  private static void subscribed(Target target) {
    RunningTask running = target.runningTask();
    JsonNode first = Watch.open(target).await("SUBSCRIBED", SOON).path("subscribed");
    Expect.fields(first, "subscribed", "get_state", "heartbeat_interval_seconds");
    Expect.that(
        Json.each(first.at("/get_state/get_tasks/tasks"))
            .anyMatch(task -> task.at("/task_id/value").asText().equals(running.taskId())),
        "the running task in get_state",
        first.at("/get_state/get_tasks"));
  }

  private static void taskAdded(Target target) {
    EventStream events = Watch.started(target);
    RunningTask running = target.runningTask();
    JsonNode task =
        events
            .await(
                "TASK_ADDED",
                event ->
                    event.at("/task_added/task/task_id/value").asText().equals(running.taskId()),
                SOON)
            .at("/task_added/task");
    Expect.fields(task, "task", "name", "task_id", "framework_id", "agent_id", "resources");
  }

  private static void taskUpdated(Target target) {
    EventStream events = Watch.started(target);
    RunningTask running = target.runningTask();
    JsonNode update =
        events
            .await(
                "TASK_UPDATED",
                event ->
                    event.at("/task_updated/status/task_id/value").asText().equals(running.taskId())
                        && event.at("/task_updated/state").asText().equals("TASK_RUNNING"),
                SOON)
            .path("task_updated");
    Expect.equal(
        running.session().frameworkId(), update.at("/framework_id/value").asText(), "framework");
    Expect.equal("TASK_RUNNING", update.at("/status/state").asText(), "state of the status");
  }

  private static Predicate<JsonNode> framework(String pointer, SchedulerSession session) {
    return event -> event.at(pointer + "/id/value").asText().equals(session.frameworkId());
  }

  private static void frameworkAdded(Target target) {
    EventStream events = Watch.started(target);
    SchedulerSession session = target.subscribeQuietly();
    JsonNode framework =
        events
            .await(
                "FRAMEWORK_ADDED",
                framework("/framework_added/framework/framework_info", session),
                SOON)
            .at("/framework_added/framework");
    Expect.fields(framework, "framework", "framework_info", "active", "connected", "recovered");
  }

  private static void frameworkUpdated(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    EventStream events = Watch.started(target);
    String name = "renamed-" + target.unique();
    JsonNode call =
        session.callOf(
            "UPDATE_FRAMEWORK",
            "framework_info",
            session.again().with("name", name).info(),
            "suppressed_roles",
            session.framework().roles());
    Expect.status(200, session.send(call), "UPDATE_FRAMEWORK");
    String pointer = "/framework_updated/framework/framework_info";
    JsonNode event = events.await("FRAMEWORK_UPDATED", framework(pointer, session), SOON);
    Expect.equal(name, event.at(pointer + "/name").asText(), "name");
    target.subscribe(session.again().suppressed());
    events.await("FRAMEWORK_UPDATED", framework(pointer, session), SOON);
  }

  private static void frameworkRemoved(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    EventStream events = Watch.started(target);
    session.close();
    events.await(
        "FRAMEWORK_REMOVED", framework("/framework_removed/framework_info", session), SOON);
  }

  private static void heartbeat(Target target) {
    EventStream events = Watch.started(target);
    events.await("HEARTBEAT", SOON);
    Instant first = Instant.now();
    events.await("HEARTBEAT", Duration.ofSeconds(20));
    Duration between = Duration.between(first, Instant.now());
    Expect.that(between.compareTo(Duration.ofSeconds(13)) > 0, "heartbeats every 15 s", between);
  }
}

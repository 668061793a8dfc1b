package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;

/** Section 13: the shape of each event. */
final class EventRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("13/SUBSCRIBED", "SUBSCRIBED in both encodings", EventRows::subscribed);
    rows.withOffers("13/OFFERS", "OFFERS in protobuf", EventRows::offers);
    rows.exclusive("13/INVERSE_OFFERS", "INVERSE_OFFERS", EventRows::inverseOffers);
    rows.exclusive("13/RESCIND", "RESCIND", EventRows::rescind);
    rows.exclusive("13/RESCIND_INVERSE_OFFER", "RESCIND_INVERSE_OFFER", EventRows::rescindInverse);
    rows.test(
        "13/UPDATE",
        "UPDATE in protobuf",
        target -> {
          RunningTask task = target.runningTask(target.framework().protobuf(), one -> one);
          Expect.fields(
              task.running(), "status", "task_id", "state", "uuid", "agent_id", "timestamp");
        });
    rows.withOffers(
        "13/UPDATE_OPERATION_STATUS", "UPDATE_OPERATION_STATUS in protobuf", EventRows::operation);
    rows.notObservable(
        "13/MESSAGE", "MESSAGE", "needs an executor that registers; see mesos-executor-api");
    rows.test("13/FAILURE", "FAILURE of an executor", EventRows::failure);
    rows.test("13/ERROR", "ERROR has its message within", EventRows::error);
    rows.test(
        "13/HEARTBEAT",
        "HEARTBEAT has no body",
        target -> {
          JsonNode event = target.subscribeQuietly().events().await("HEARTBEAT", SOON);
          Expect.equal(java.util.List.of("type"), Json.fieldNames(event), "fields");
        });
    rows.notObservable("13/UNKNOWN", "UNKNOWN", "never sent");
  }

  private static void subscribed(Target target) {
    SchedulerSession session = target.subscribe(target.framework().suppressed().protobuf());
    JsonNode event = session.events().received().getFirst().event();
    Expect.fields(
        event.path("subscribed"),
        "SUBSCRIBED",
        "framework_id",
        "heartbeat_interval_seconds",
        "master_info");
    JsonNode json = target.subscribeQuietly().events().received().getFirst().event();
    Expect.fields(
        json.path("subscribed"),
        "SUBSCRIBED",
        "framework_id",
        "heartbeat_interval_seconds",
        "master_info");
  }

  private static void offers(Target target) {
    JsonNode offer = target.subscribe(target.framework().protobuf()).offer();
    Expect.fields(
        offer,
        "offer",
        "id",
        "framework_id",
        "agent_id",
        "hostname",
        "url",
        "resources",
        "allocation_info");
  }

  private static void inverseOffers(Target target) {
    RunningTask task = target.runningTask();
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    Expect.fields(
        InverseOfferRows.next(task),
        "inverse offer",
        "id",
        "framework_id",
        "agent_id",
        "unavailability");
  }

  private static void rescindInverse(Target target) {
    RunningTask task = target.runningTask();
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    InverseOfferRows.next(task);
    Maintenance.clear(target);
    JsonNode event = task.session().events().await("RESCIND_INVERSE_OFFER", SOON);
    Expect.fields(event.path("rescind_inverse_offer"), "RESCIND_INVERSE_OFFER", "inverse_offer_id");
  }

  private static void rescind(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    Maintenance.schedule(target, offer.get("agent_id"), Duration.ofHours(1));
    JsonNode event = session.events().await("RESCIND", SOON);
    Expect.fields(event.path("rescind"), "RESCIND", "offer_id");
  }

  private static void operation(Target target) {
    SchedulerSession session = target.subscribe(target.framework().protobuf());
    Operations.expectErrors(
        target,
        session,
        session.offer(),
        Operations.of(
            "DESTROY_DISK",
            Json.object("source", io.mesocosm.conformance.Resource.scalar("disk", 16))));
  }

  private static void failure(Target target) {
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "exit 3");
    JsonNode failure =
        launched.session().events().await("FAILURE", Duration.ofSeconds(30)).path("failure");
    Expect.fields(failure, "FAILURE", "agent_id", "executor_id", "status");
    Expect.equal(launched.executorId(), failure.at("/executor_id/value").asText(), "executor_id");
    Expect.equal(3 << 8, failure.path("status").asInt(), "raw wait status of exit 3");
  }

  private static void error(Target target) {
    SchedulerSession old = target.subscribe(target.framework().suppressed().failoverTimeout(30));
    target.subscribe(old.again().suppressed());
    JsonNode event = old.events().await("ERROR", SOON);
    Expect.that(
        event.at("/error/message").isTextual() && !event.has("message"), "error.message", event);
  }
}

package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Section 4: what each call does. */
final class CallRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final String UUID_OF_ZEROS = "AAAAAAAAAAAAAAAAAAAAAA==";

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("4/C1", "SUBSCRIBE", target -> target.subscribeQuietly());
    rows.test("4/C2", "TEARDOWN", CallRows::teardown);
    rows.withOffers("4/C3", "ACCEPT: 202, failures by events", CallRows::accept);
    rows.exclusive("4/C4", "DECLINE", CallRows::decline);
    rows.exclusive("4/C5", "REVIVE", CallRows::revive);
    rows.test("4/C6", "KILL", CallRows::kill);
    rows.test("4/C7", "SHUTDOWN of an executor", CallRows::shutdown);
    rows.test("4/C8", "ACKNOWLEDGE", CallRows::acknowledge);
    rows.test("4/C9", "RECONCILE", CallRows::reconcile);
    rows.test("4/C10", "MESSAGE to nobody", CallRows::message);
    rows.test("4/C11", "REQUEST is ignored", CallRows::request);
    rows.exclusive("4/C12", "SUPPRESS", CallRows::suppress);
    rows.test(
        "4/C13",
        "ACCEPT_INVERSE_OFFERS of unknown ids",
        target -> {
          SchedulerSession session = target.subscribeQuietly();
          session.call(
              "ACCEPT_INVERSE_OFFERS", "inverse_offer_ids", Json.array(Json.value("none")));
        });
    rows.test(
        "4/C14",
        "DECLINE_INVERSE_OFFERS of unknown ids",
        target -> {
          SchedulerSession session = target.subscribeQuietly();
          session.call(
              "DECLINE_INVERSE_OFFERS",
              "inverse_offer_ids",
              Json.array(Json.value("none")),
              "filters",
              Json.object("refuse_seconds", 1));
        });
    rows.test("4/C15", "ACKNOWLEDGE_OPERATION_STATUS", CallRows::acknowledgeOperation);
    rows.test("4/C16", "RECONCILE_OPERATIONS", CallRows::reconcileOperations);
    rows.withOffers("4/C17", "UPDATE_FRAMEWORK", CallRows::updateFramework);
  }

  private static void teardown(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call("TEARDOWN");
    session.events().awaitEnd(SOON);
    Expect.that(
        target.cluster().completedFramework(session.frameworkId()).isPresent(),
        "a completed framework",
        "none");
  }

  private static void accept(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    JsonNode unknown =
        Json.object("id", Json.value("no-such-offer"), "agent_id", offer.get("agent_id"));
    String lost = "task-" + target.unique();
    session.launch(unknown, SchedulerSession.task(unknown, lost, "true"));
    JsonNode status = session.update(lost);
    Expect.equal("REASON_INVALID_OFFERS", status.path("reason").asText(), "reason");
    String run = "task-" + target.unique();
    session.launch(offer, SchedulerSession.task(offer, run, "true"));
    session.awaitState(run, "TASK_FINISHED", Duration.ofSeconds(30));
  }

  private static void decline(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.call("DECLINE", "offer_ids", Json.array(Json.value("no-such-offer")));
    long declined = System.nanoTime();
    session.decline(4, offer);
    JsonNode agent = offer.get("agent_id");
    session.events().await("OFFERS", event -> ofAgent(event, agent).isPresent(), SOON);
    long millis = Duration.ofNanos(System.nanoTime() - declined).toMillis();
    Expect.that(
        millis >= 3500, "the next offer of that agent after refuse_seconds of 4", millis + " ms");
  }

  static Optional<JsonNode> ofAgent(JsonNode event, JsonNode agentId) {
    return Json.each(event.at("/offers/offers"))
        .filter(offer -> offer.get("agent_id").equals(agentId))
        .findFirst();
  }

  private static void revive(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    JsonNode agent = offer.get("agent_id");
    session.decline(3600, offer);
    session.call("REVIVE", "roles", Json.array("not-" + target.unique()));
    session.events().expectNone("OFFERS", event -> ofAgent(event, agent).isPresent(), A_WHILE);
    session.call("REVIVE");
    JsonNode again =
        session.events().await("OFFERS", event -> ofAgent(event, agent).isPresent(), SOON);
    session.decline(3600, ofAgent(again, agent).orElseThrow());
    session.call("SUPPRESS");
    session.call("REVIVE", "roles", Json.array(session.framework().role()));
    session.events().await("OFFERS", event -> ofAgent(event, agent).isPresent(), SOON);
  }

  private static void kill(Target target) {
    RunningTask task = target.runningTask();
    task.session().call("KILL", "task_id", Json.value(task.taskId()), "agent_id", task.agentId());
    task.session().awaitState(task.taskId(), "TASK_KILLED");
  }

  private static void shutdown(Target target) {
    SchedulerSession quiet = target.subscribeQuietly();
    quiet.call(
        "SHUTDOWN", "executor_id", Json.value("none"), "agent_id", Json.value("no-such-agent"));
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "sleep 1000");
    launched
        .session()
        .call(
            "SHUTDOWN",
            "executor_id",
            Json.value(launched.executorId()),
            "agent_id",
            launched.agentId());
    JsonNode failure =
        launched.session().events().await("FAILURE", Duration.ofSeconds(30)).path("failure");
    Expect.equal(
        launched.executorId(),
        failure.at("/executor_id/value").asText(),
        "executor of the FAILURE");
  }

  private static void acknowledge(Target target) {
    RunningTask task = target.runningTask();
    ObjectNode bad =
        task.session()
            .callOf(
                "ACKNOWLEDGE",
                "agent_id",
                task.agentId(),
                "task_id",
                Json.value(task.taskId()),
                "uuid",
                "AAAA");
    Expect.status(400, task.session().send(bad), "a uuid of 3 bytes");
    task.session()
        .call(
            "ACKNOWLEDGE",
            "agent_id",
            task.agentId(),
            "task_id",
            Json.value(task.taskId()),
            "uuid",
            UUID_OF_ZEROS);
  }

  private static void reconcile(Target target) {
    RunningTask task = target.runningTask();
    task.session()
        .call(
            "RECONCILE",
            "tasks",
            Json.array(
                Json.object("task_id", Json.value(task.taskId()), "agent_id", task.agentId())));
    JsonNode status = task.session().update(task.taskId());
    Expect.equal("TASK_RUNNING", status.path("state").asText(), "state");
    Expect.equal("REASON_RECONCILIATION", status.path("reason").asText(), "reason");
  }

  private static void message(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call(
        "MESSAGE",
        "agent_id",
        Json.value("no-such-agent"),
        "executor_id",
        Json.value("none"),
        "data",
        "aGVsbG8=");
  }

  private static void request(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call(
        "REQUEST",
        "requests",
        Json.array(Json.object("resources", Json.array(Resource.scalar("cpus", 1)))));
    Expect.that(!session.events().ended(), "the stream to stay open", "ended");
  }

  private static void suppress(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.call("SUPPRESS");
    session.events().expectNone("RESCIND", _ -> true, Duration.ofSeconds(1));
    JsonNode agent = offer.get("agent_id");
    session.decline(0, offer);
    session.events().expectNone("OFFERS", event -> ofAgent(event, agent).isPresent(), A_WHILE);
    session.call("REVIVE");
    JsonNode again =
        session.events().await("OFFERS", event -> ofAgent(event, agent).isPresent(), SOON);
    session.call("SUPPRESS", "roles", Json.array("not-" + target.unique()));
    session.decline(0, ofAgent(again, agent).orElseThrow());
    session.events().await("OFFERS", event -> ofAgent(event, agent).isPresent(), SOON);
  }

  private static void acknowledgeOperation(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    ObjectNode noAgent =
        session.callOf(
            "ACKNOWLEDGE_OPERATION_STATUS",
            "uuid",
            UUID_OF_ZEROS,
            "operation_id",
            Json.value("none"));
    Expect.status(400, session.send(noAgent), "ACKNOWLEDGE_OPERATION_STATUS without agent_id");
    ObjectNode badUuid =
        session.callOf(
            "ACKNOWLEDGE_OPERATION_STATUS",
            "agent_id",
            Json.value("a"),
            "uuid",
            "AAAA",
            "operation_id",
            Json.value("none"));
    Expect.status(400, session.send(badUuid), "a uuid of 3 bytes");
    session.call(
        "ACKNOWLEDGE_OPERATION_STATUS",
        "agent_id",
        Json.value("a"),
        "uuid",
        UUID_OF_ZEROS,
        "operation_id",
        Json.value("none"));
  }

  private static void reconcileOperations(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call(
        "RECONCILE_OPERATIONS",
        "operations",
        Json.array(Json.object("operation_id", Json.value("none"))));
    JsonNode status =
        session
            .events()
            .await("UPDATE_OPERATION_STATUS", SOON)
            .at("/update_operation_status/status");
    Expect.equal(
        "OPERATION_UNKNOWN", status.path("state").asText(), "state of an unknown operation");
  }

  private static void updateFramework(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    String added = target.unique();
    Framework wider =
        session.again().roles(session.framework().role(), added).with("name", "renamed");
    Expect.status(200, session.send(update(session, wider)), "UPDATE_FRAMEWORK");
    JsonNode info =
        target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
    Expect.equal("renamed", info.path("name").asText(), "name at once after the answer");
    Expect.equal(wider.info().get("roles"), info.get("roles"), "roles at once after the answer");
    Expect.status(
        200, session.send(update(session, session.again().roles(added))), "UPDATE_FRAMEWORK");
    session
        .events()
        .await("RESCIND", event -> event.at("/rescind/offer_id").equals(offer.get("id")), SOON);
    session
        .events()
        .await(
            "OFFERS",
            event ->
                Json.each(event.at("/offers/offers"))
                    .anyMatch(one -> one.at("/allocation_info/role").asText().equals(added)),
            SOON);
    Framework valid = session.again().roles(added);
    for (Framework bad :
        List.of(
            valid.with("user", "another-user"),
            valid.with("checkpoint", true),
            valid.with("principal", "another-principal"),
            valid.with("id", Json.value("another-id")),
            valid.roles("a b"),
            valid.suppressing(List.of("not-" + added)),
            valid.constraints(
                Json.object(
                    "role_constraints",
                    Json.object(added, Json.object("groups", Json.array())))))) {
      Expect.status(400, session.send(update(session, bad)), "UPDATE_FRAMEWORK with " + bad.body());
    }
  }

  static ObjectNode update(SchedulerSession session, Framework framework) {
    ObjectNode call = session.callOf("UPDATE_FRAMEWORK");
    call.set("update_framework", framework.body());
    return call;
  }
}

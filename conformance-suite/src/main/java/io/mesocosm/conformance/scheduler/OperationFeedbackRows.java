package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.Base64;

/** Section 11: feedback on operations, and their reconciliation. */
final class OperationFeedbackRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;
  private static final String UNREACHABLE = "needs the agent to be unreachable or gone";

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("11/F1", "UPDATE_OPERATION_STATUS carries a status", target -> started(target, true));
    rows.test("11/F2", "fields of the status", OperationFeedbackRows::fields);
    rows.test("11/F3", "the two forms of the uuid", OperationFeedbackRows::uuids);
    rows.test("11/F4", "sent again after 10 s", OperationFeedbackRows::retried);
    rows.test(
        "11/F5",
        "states",
        target ->
            Expect.equal(
                "OPERATION_FINISHED",
                started(target, true).status.path("state").asText(),
                "state"));
    rows.test(
        "11/F6", "the last acknowledgement removes the operation", OperationFeedbackRows::removed);
    rows.test("11/F7", "explicit reconciliation", OperationFeedbackRows::explicit);
    rows.test("11/F8", "implicit reconciliation", OperationFeedbackRows::implicit);
    rows.notObservable("11/F9", "agent unreachable or gone", UNREACHABLE);
    rows.notObservable("11/F10", "an id used twice", "the contract leaves it to the implementer");
  }

  private record Started(SchedulerSession session, String id, JsonNode status) {}

  /**
   * Reserves something with an operation id; its first status is taken, and acknowledged or not.
   */
  private static Started started(Target target, boolean acknowledged) {
    return target.exclusively(() -> {
      SchedulerSession session = target.subscribe(target.framework());
      target.closing(() -> Operations.clean(target, session));
      String id = "op-" + target.unique();
      ObjectNode resource =
          Resource.reserved(
              Resource.scalar("disk", 16), session.framework().role(), target.principal());
      ObjectNode reserve = Operations.of("RESERVE", Json.object("resources", Json.array(resource)));
      reserve.set("id", Json.value(id));
      session.accept(session.offer(), 3600, reserve);
      JsonNode status = Operations.status(session, id);
      session.quiet();
      if (acknowledged) {
        Operations.acknowledge(session, status);
      }
      return new Started(session, id, status);
    });
  }

  private static void fields(Target target) {
    JsonNode status = started(target, true).status;
    Expect.fields(
        status,
        "operation status",
        "operation_id",
        "state",
        "uuid",
        "agent_id",
        "converted_resources");
    Expect.equal(
        "DYNAMIC",
        status.at("/converted_resources/0/reservations/0/type").asText(),
        "converted resource's reservation");
  }

  private static void uuids(Target target) throws InterruptedException {
    Started started = started(target, false);
    byte[] uuid = Base64.getDecoder().decode(started.status.at("/uuid/value").asText());
    Expect.equal(16, uuid.length, "bytes in status.uuid.value");
    Operations.acknowledge(started.session, started.status);
  }

  private static void retried(Target target) {
    Started started = started(target, false);
    long start = System.nanoTime();
    JsonNode second =
        started
            .session
            .events()
            .await("UPDATE_OPERATION_STATUS", Duration.ofSeconds(15))
            .at("/update_operation_status/status");
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.equal(started.status.get("uuid"), second.get("uuid"), "uuid of what is sent again");
    Expect.that(seconds > 8 && seconds < 13, "a retry after 10 s", seconds + " s");
  }

  private static boolean listed(Target target, String id) {
    return Json.each(target.master().call("GET_OPERATIONS").path("operations"))
        .anyMatch(operation -> operation.at("/info/id/value").asText().equals(id));
  }

  private static void removed(Target target) throws InterruptedException {
    Started started = started(target, false);
    Expect.that(
        listed(target, started.id), "the operation in GET_OPERATIONS before the ACK", "absent");
    Operations.acknowledge(started.session, started.status);
    target.eventually(
        "the operation to leave GET_OPERATIONS",
        SOON,
        () ->
            listed(target, started.id)
                ? java.util.Optional.<Boolean>empty()
                : java.util.Optional.of(true));
  }

  private static JsonNode ask(SchedulerSession session, String id, JsonNode agentId) {
    session.call(
        "RECONCILE_OPERATIONS",
        "operations",
        Json.array(Json.object("operation_id", Json.value(id), "agent_id", agentId)));
    return Operations.status(session, id);
  }

  private static void explicit(Target target) {
    Started started = started(target, false);
    JsonNode agent = started.status.get("agent_id");
    JsonNode known = ask(started.session, started.id, agent);
    Expect.equal("OPERATION_FINISHED", known.path("state").asText(), "state of a known operation");
    Expect.that(!known.has("uuid"), "no uuid", known);
    Operations.acknowledge(started.session, started.status);
    Expect.equal(
        "OPERATION_UNKNOWN",
        ask(started.session, "none", agent).path("state").asText(),
        "unknown on a known agent");
    Expect.equal(
        "OPERATION_UNKNOWN",
        ask(started.session, "nothing", Json.value("no-such-agent")).path("state").asText(),
        "unknown on an unknown agent");
  }

  private static void implicit(Target target) {
    Started started = started(target, false);
    started.session.call("RECONCILE_OPERATIONS", "operations", Json.array());
    JsonNode known = Operations.status(started.session, started.id);
    Expect.equal("OPERATION_FINISHED", known.path("state").asText(), "state");
    Operations.acknowledge(started.session, started.status);
  }
}

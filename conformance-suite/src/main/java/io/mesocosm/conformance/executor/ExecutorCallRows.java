package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.function.Consumer;

/** Section 2: the calls. */
final class ExecutorCallRows implements RowTests {
  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("2/SUBSCRIBE", "SUBSCRIBE needs its body", ExecutorCallRows::subscribe);
    rows.test("2/UPDATE", "which statuses are refused", ExecutorCallRows::update);
    rows.test("2/MESSAGE", "MESSAGE reaches the scheduler", ExecutorCallRows::message);
    rows.test("2/HEARTBEAT", "HEARTBEAT", ExecutorCallRows::heartbeat);
    rows.test("2/UNKNOWN", "UNKNOWN", ExecutorCallRows::unknown);
  }

  private static void subscribe(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    Expect.status(400, executor.send(executor.callOf("SUBSCRIBE")), "SUBSCRIBE without subscribe");
    JsonNode running = executor.status("one", "TASK_RUNNING");
    EventStream events = executor.subscribe(List.of(), List.of(running));
    ExecutorSession.acknowledged(events, running);
  }

  private static void refused(ExecutorSession executor, String what, Consumer<ObjectNode> change) {
    ObjectNode status = executor.status("one", "TASK_RUNNING");
    change.accept(status);
    Expect.status(400, executor.send(executor.callOf("UPDATE", "status", status)), what);
  }

  private static void update(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    refused(executor, "UPDATE without uuid", status -> status.remove("uuid"));
    refused(executor, "UPDATE with a uuid of 2 bytes", status -> status.put("uuid", "aGk="));
    refused(executor, "UPDATE without source", status -> status.remove("source"));
    refused(executor, "UPDATE of SOURCE_AGENT", status -> status.put("source", "SOURCE_AGENT"));
    refused(executor, "UPDATE of TASK_STAGING", status -> status.put("state", "TASK_STAGING"));
    refused(
        executor,
        "UPDATE of another executor_id",
        status -> status.set("executor_id", Json.value("another")));
    refused(
        executor,
        "UPDATE with a check_status without type",
        status -> status.set("check_status", Json.object("command", Json.object())));
    refused(
        executor,
        "UPDATE with a check_status of another type",
        status ->
            status.set("check_status", Json.object("type", "HTTP", "command", Json.object())));
    Expect.status(400, executor.send(executor.callOf("UPDATE")), "UPDATE without update");
    ObjectNode good = executor.status("one", "TASK_RUNNING");
    good.set("executor_id", Json.value(executor.executorId()));
    good.set(
        "check_status", Json.object("type", "COMMAND", "command", Json.object("exit_code", 7)));
    executor.call("UPDATE", "status", good);
    JsonNode seen = executor.scheduler().awaitState("one", "TASK_RUNNING");
    Expect.equal(7, seen.at("/check_status/command/exit_code").asInt(), "exit_code");
  }

  private static void message(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    executor.call("MESSAGE", "data", "aGVsbG8=");
    JsonNode message =
        executor.scheduler().events().await("MESSAGE", ExecutorSession.SOON).path("message");
    Expect.equal("aGVsbG8=", message.path("data").asText(), "data");
    Expect.equal(executor.executorId(), message.at("/executor_id/value").asText(), "executor_id");
    Expect.equal(executor.agentId(), message.path("agent_id"), "agent_id");
    Expect.status(400, executor.send(executor.callOf("MESSAGE")), "MESSAGE without message");
  }

  private static void heartbeat(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    Expect.status(202, executor.send(executor.callOf("HEARTBEAT")), "HEARTBEAT before SUBSCRIBE");
    EventStream events = executor.subscribe();
    executor.call("HEARTBEAT");
    ExecutorSession.launchOf(events, "one");
  }

  private static void unknown(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    Expect.status(501, executor.send(executor.callOf("UNKNOWN")), "a call of type UNKNOWN");
    Expect.status(
        400,
        executor.send(executor.callOf("NO_SUCH_TYPE")),
        "a call of a type nobody knows, which counts as unset");
    executor.call("MESSAGE", "data", "aGk=");
    Expect.that(!events.ended(), "the stream to stay open", "ended");
  }
}

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

/** Section 10: reconciliation of tasks. */
final class ReconciliationRows implements RowTests {
  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("10/R1", "a known task", ReconciliationRows::known);
    rows.notObservable(
        "10/R2", "agent not back yet: no answer", "needs a master that has just failed over");
    rows.test("10/R3", "agent registered, task unknown", ReconciliationRows::unknownOnAgent);
    rows.notObservable("10/R4", "agent unreachable", "needs the agent to be unreachable");
    rows.notObservable("10/R5", "agent gone", "would take the agent away for good");
    rows.test("10/R6", "anything else", ReconciliationRows::unknown);
    rows.test("10/R7", "implicit: every known task", ReconciliationRows::implicit);
    rows.test("10/R8", "what answers carry", ReconciliationRows::fields);
    rows.notObservable("10/R9", "unreachable tasks left out", "needs the agent to be unreachable");
  }

  private static JsonNode ask(SchedulerSession session, String taskId, JsonNode agentId) {
    session.call(
        "RECONCILE",
        "tasks",
        Json.array(Json.object("task_id", Json.value(taskId), "agent_id", agentId)));
    return session.update(taskId);
  }

  private static void known(Target target) {
    RunningTask task = target.runningTask();
    JsonNode status = ask(task.session(), task.taskId(), task.agentId());
    Expect.equal("TASK_RUNNING", status.path("state").asText(), "state");
    Expect.equal(
        task.running().at("/container_status/container_id"),
        status.at("/container_status/container_id"),
        "container id");
    Expect.equal(task.running().get("executor_id"), status.get("executor_id"), "executor_id");
    task.session()
        .call("RECONCILE", "tasks", Json.array(Json.object("task_id", Json.value(task.taskId()))));
    Expect.equal(
        "TASK_RUNNING",
        task.session().update(task.taskId()).path("state").asText(),
        "without agent_id");
  }

  private static void unknownOnAgent(Target target) {
    JsonNode agent = target.cluster().agents().findFirst().orElseThrow().at("/agent_info/id");
    SchedulerSession aware = target.subscribeQuietly();
    Expect.equal(
        "TASK_GONE",
        ask(aware, "none", agent).path("state").asText(),
        "for a partition-aware framework");
    SchedulerSession old =
        target.subscribe(target.framework().withoutCapability("PARTITION_AWARE").suppressed());
    Expect.equal(
        "TASK_LOST", ask(old, "none", agent).path("state").asText(), "for another framework");
  }

  private static void unknown(Target target) {
    JsonNode nowhere = Json.value("no-such-agent");
    SchedulerSession aware = target.subscribeQuietly();
    Expect.equal(
        "TASK_UNKNOWN",
        ask(aware, "none", nowhere).path("state").asText(),
        "for a partition-aware framework");
    SchedulerSession old =
        target.subscribe(target.framework().withoutCapability("PARTITION_AWARE").suppressed());
    Expect.equal(
        "TASK_LOST", ask(old, "none", nowhere).path("state").asText(), "for another framework");
  }

  private static void implicit(Target target) {
    RunningTask task = target.runningTask();
    task.session().call("RECONCILE", "tasks", Json.array());
    Expect.equal(
        "TASK_RUNNING", task.session().update(task.taskId()).path("state").asText(), "state");
    SchedulerSession idle = target.subscribeQuietly();
    idle.call("RECONCILE", "tasks", Json.array());
    idle.events().expectNone("UPDATE", _ -> true, Duration.ofSeconds(2));
  }

  private static void fields(Target target) {
    RunningTask task = target.runningTask();
    JsonNode status = ask(task.session(), task.taskId(), task.agentId());
    Expect.equal("SOURCE_MASTER", status.path("source").asText(), "source");
    Expect.equal("REASON_RECONCILIATION", status.path("reason").asText(), "reason");
    Expect.that(
        !status.has("uuid") && !status.has("data") && !status.has("labels"),
        "no uuid, data, labels",
        status);
  }
}

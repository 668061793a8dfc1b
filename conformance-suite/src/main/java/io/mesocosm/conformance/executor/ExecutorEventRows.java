package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.List;

/** Section 3: the events. */
final class ExecutorEventRows implements RowTests {
  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("3/SUBSCRIBED", "SUBSCRIBED", ExecutorEventRows::subscribed);
    rows.test("3/LAUNCH", "LAUNCH", ExecutorEventRows::launch);
    rows.test("3/LAUNCH_GROUP", "LAUNCH_GROUP", ExecutorEventRows::launchGroup);
    rows.test("3/KILL", "KILL", ExecutorEventRows::kill);
    rows.test(
        "3/ACKNOWLEDGED", "ACKNOWLEDGED before the scheduler's", ExecutorEventRows::acknowledged);
    rows.test("3/MESSAGE", "MESSAGE", ExecutorEventRows::message);
    rows.notObservable("3/ERROR", "ERROR", "the contract names no case in which an agent sends it");
    rows.test("3/SHUTDOWN", "SHUTDOWN", ExecutorEventRows::shutdown);
    rows.notObservable("3/HEARTBEAT", "HEARTBEAT", "the first comes after 30 minutes");
    rows.notObservable("3/UNKNOWN", "UNKNOWN", "says what executors do");
  }

  private static void subscribed(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    JsonNode event =
        executor
            .open(executor.subscribeCall(List.of(), List.of()))
            .await("SUBSCRIBED", ExecutorSession.SOON)
            .path("subscribed");
    Expect.fields(event, "SUBSCRIBED", "executor_info", "framework_info", "agent_info");
    Expect.equal(
        executor.executorId(),
        event.at("/executor_info/executor_id/value").asText(),
        "executor_info.executor_id");
    Expect.equal(
        ExecutorSession.WAITING,
        event.at("/executor_info/command/value").asText(),
        "executor_info.command");
    Expect.equal(
        executor.scheduler().frameworkId(),
        event.at("/framework_info/id/value").asText(),
        "framework_info.id");
    Expect.equal(executor.agentId(), event.at("/agent_info/id"), "agent_info.id");
    Expect.equal(
        executor.state().path("container").asText(),
        event.at("/container_id/value").asText(),
        "container_id");
  }

  private static void launch(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    JsonNode task = ExecutorSession.launchOf(executor.subscribe(), "one");
    Expect.fields(task, "task", "name", "task_id", "agent_id", "resources", "executor");
    Expect.equal(executor.agentId(), task.get("agent_id"), "agent_id");
    Expect.equal(
        executor.scheduler().framework().role(),
        task.at("/resources/0/allocation_info/role").asText(),
        "role of the task's resources");
  }

  private static void launchGroup(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launchedGroup(target, "one", "two");
    JsonNode tasks =
        executor
            .subscribe()
            .await("LAUNCH_GROUP", ExecutorSession.SOON)
            .at("/launch_group/task_group/tasks");
    List<String> ids = Json.each(tasks).map(task -> task.at("/task_id/value").asText()).toList();
    Expect.equal(List.of("one", "two"), ids, "tasks of the group");
  }

  private static void kill(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    ExecutorSession.launchOf(events, "one");
    executor.update("one", "TASK_RUNNING");
    executor.scheduler().awaitState("one", "TASK_RUNNING");
    executor.scheduler().call("KILL", "task_id", Json.value("one"));
    JsonNode plain = events.await("KILL", ExecutorSession.SOON).path("kill");
    Expect.equal("one", plain.at("/task_id/value").asText(), "task_id");
    JsonNode policy = Json.object("grace_period", Json.object("nanoseconds", 7_000_000_000L));
    executor.scheduler().call("KILL", "task_id", Json.value("one"), "kill_policy", policy);
    JsonNode withPolicy = events.await("KILL", ExecutorSession.SOON).path("kill");
    Expect.equal(
        7_000_000_000L,
        withPolicy.at("/kill_policy/grace_period/nanoseconds").asLong(),
        "grace_period of the kill_policy");
  }

  private static void acknowledged(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    JsonNode running = executor.update("one", "TASK_RUNNING");
    JsonNode finished = executor.update("one", "TASK_FINISHED");
    for (JsonNode status : List.of(running, finished)) {
      JsonNode event = ExecutorSession.acknowledged(events, status);
      Expect.equal("one", event.at("/task_id/value").asText(), "task_id");
    }
    JsonNode seen = executor.scheduler().update("one");
    Expect.equal(running.get("uuid"), seen.get("uuid"), "uuid that the scheduler sees first");
  }

  private static void message(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    executor
        .scheduler()
        .call(
            "MESSAGE",
            "agent_id",
            executor.agentId(),
            "executor_id",
            Json.value(executor.executorId()),
            "data",
            "aGVsbG8=");
    JsonNode message = events.await("MESSAGE", ExecutorSession.SOON);
    Expect.equal("aGVsbG8=", message.at("/message/data").asText(), "data");
  }

  private static void shutdown(Target target) throws InterruptedException {
    ExecutorSession byCall = ExecutorSession.launched(target);
    EventStream events = byCall.subscribe();
    byCall.shutdown();
    events.await("SHUTDOWN", ExecutorSession.SOON);
    ExecutorSession byTeardown = ExecutorSession.launched(target);
    EventStream others = byTeardown.subscribe();
    byTeardown.scheduler().call("TEARDOWN");
    others.await("SHUTDOWN", ExecutorSession.SOON);
  }
}

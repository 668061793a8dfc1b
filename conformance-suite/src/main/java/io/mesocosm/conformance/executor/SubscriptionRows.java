package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Section 4: what the agent does when an executor subscribes. */
final class SubscriptionRows implements RowTests {
  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("4/S1", "terminating: SHUTDOWN and the end", SubscriptionRows::terminating);
    rows.test("4/S2", "a second connection replaces the first", SubscriptionRows::replaced);
    rows.test("4/S3", "unacknowledged updates", SubscriptionRows::unacknowledgedUpdates);
    rows.test("4/S4", "tasks that the executor does not know", SubscriptionRows::unknownTasks);
    rows.test("4/S5", "all queued tasks killed: SHUTDOWN", SubscriptionRows::killedBefore);
    rows.test("4/S6", "queued tasks in order", SubscriptionRows::queued);
    rows.notObservable(
        "4/S7", "container update fails", "needs a container whose resources cannot be changed");
    rows.notObservable("4/S8", "marker of an HTTP executor", "a file of the agent's own");
  }

  private static void expectShutdown(ExecutorSession executor) {
    EventStream late = executor.open(executor.subscribeCall(List.of(), List.of()));
    late.await("SHUTDOWN", ExecutorSession.SOON);
    late.awaitEnd(Duration.ofSeconds(4));
  }

  private static void terminating(Target target) throws InterruptedException {
    UnaryOperator<ObjectNode> patient =
        executor -> {
          executor.set("shutdown_grace_period", Json.object("nanoseconds", 30_000_000_000L));
          return executor;
        };
    ExecutorSession executor = ExecutorSession.launched(target, target.framework(), patient, "one");
    EventStream events = executor.subscribe();
    executor.shutdown();
    events.await("SHUTDOWN", ExecutorSession.SOON);
    expectShutdown(executor);
    ExecutorSession ofTornDown =
        ExecutorSession.launched(target, target.framework(), patient, "one");
    EventStream others = ofTornDown.subscribe();
    ofTornDown.scheduler().call("TEARDOWN");
    others.await("SHUTDOWN", ExecutorSession.SOON);
    expectShutdown(ofTornDown);
  }

  private static void replaced(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream first = executor.subscribe();
    JsonNode task = ExecutorSession.launchOf(first, "one");
    EventStream second = executor.subscribe(List.of(task), List.of());
    first.awaitEnd(ExecutorSession.SOON);
    JsonNode running = executor.update("one", "TASK_RUNNING");
    ExecutorSession.acknowledged(second, running);
  }

  private static void unacknowledgedUpdates(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream first = executor.subscribe();
    JsonNode task = ExecutorSession.launchOf(first, "one");
    JsonNode running = executor.update("one", "TASK_RUNNING");
    ExecutorSession.acknowledged(first, running);
    executor.scheduler().awaitState("one", "TASK_RUNNING");
    JsonNode finished = executor.status("one", "TASK_FINISHED");
    EventStream second = executor.subscribe(List.of(task), List.of(running, finished));
    ExecutorSession.acknowledged(second, running);
    ExecutorSession.acknowledged(second, finished);
    JsonNode seen = executor.scheduler().update("one");
    Expect.equal(finished.get("uuid"), seen.get("uuid"), "uuid of what the scheduler sees next");
  }

  private static void unknownTasks(Target target) throws InterruptedException {
    ExecutorSession executor =
        ExecutorSession.launched(
            target, target.framework(), UnaryOperator.identity(), "known", "lost");
    EventStream first = executor.subscribe();
    JsonNode known = ExecutorSession.launchOf(first, "known");
    ExecutorSession.launchOf(first, "lost");
    executor.subscribe(List.of(known), List.of());
    JsonNode dropped = executor.scheduler().update("lost");
    Expect.equal("TASK_DROPPED", dropped.path("state").asText(), "state");
    Expect.equal("REASON_AGENT_RESTARTED", dropped.path("reason").asText(), "reason");
    executor
        .scheduler()
        .events()
        .expectNone(
            "UPDATE",
            event -> event.at("/update/status/task_id/value").asText().equals("known"),
            Duration.ofSeconds(2));
  }

  private static void killedBefore(Target target) throws InterruptedException {
    ExecutorSession executor =
        ExecutorSession.launched(
            target,
            target.framework(),
            info -> {
              info.set("shutdown_grace_period", Json.object("nanoseconds", 30_000_000_000L));
              return info;
            },
            "one",
            "two");
    for (String task : List.of("one", "two")) {
      executor.scheduler().call("KILL", "task_id", Json.value(task));
      executor.scheduler().awaitState(task, "TASK_KILLED");
    }
    EventStream events = executor.open(executor.subscribeCall(List.of(), List.of()));
    events.await("SHUTDOWN", ExecutorSession.SOON);
    events.expectNone("LAUNCH", _ -> true, Duration.ZERO);
  }

  private static void queued(Target target) throws InterruptedException {
    ExecutorSession executor =
        ExecutorSession.launched(
            target, target.framework(), UnaryOperator.identity(), "one", "two", "three");
    EventStream events = executor.open(executor.subscribeCall(List.of(), List.of()));
    ExecutorSession.launchOf(events, "three");
    List<String> order =
        events.received().stream()
            .map(EventStream.Received::event)
            .map(event ->
                event.path("type").asText() + event.at("/launch/task/task_id/value").asText(""))
            .toList();
    Expect.equal(List.of("SUBSCRIBED", "LAUNCHone", "LAUNCHtwo", "LAUNCHthree"), order, "events");
  }
}

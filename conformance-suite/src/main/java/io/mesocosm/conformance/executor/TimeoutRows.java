package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Placement;
import io.mesocosm.conformance.scheduler.Tasks;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Section 6: time-outs, and what becomes of the tasks of an executor that ends. */
final class TimeoutRows implements RowTests {
  private static final String RESTART = "needs an agent that is restarted";
  private static final String LIBRARY = "says what the executor's library does";

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("6/T1", "never subscribed", TimeoutRows::registration);
    rows.notObservable("6/T2", "not subscribed again", RESTART);
    rows.notObservable("6/T3", "reconnect sent again", RESTART);
    rows.test("6/T4", "grace after SHUTDOWN, by the flag", TimeoutRows::graceByFlag);
    rows.test("6/T5", "grace after SHUTDOWN, by ExecutorInfo", TimeoutRows::graceByExecutor);
    rows.test("6/T6", "executor exits", TimeoutRows::exits);
    rows.test("6/T7", "executor exits before the task came", TimeoutRows::exitsBefore);
    rows.notObservable("6/T8", "ERROR", LIBRARY);
    rows.notObservable("6/T9", "--recovery_timeout", LIBRARY + "; " + RESTART);
    rows.notObservable("6/T10", "disconnected without checkpoint", LIBRARY + "; " + RESTART);
    rows.notObservable("6/T11", "back-off", LIBRARY + "; " + RESTART);
  }

  private static void registration(Target target) throws InterruptedException {
    Duration timeout = AgentView.duration(target, "executor_registration_timeout");
    if (timeout.compareTo(Duration.ofSeconds(70)) > 0) {
      throw new NotObservable("--executor_registration_timeout is longer than a test may take");
    }
    ExecutorSession executor = ExecutorSession.launched(target);
    long start = System.nanoTime();
    JsonNode status = executor.scheduler().update("one", timeout.plusSeconds(10));
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.equal("TASK_FAILED", status.path("state").asText(), "state");
    Expect.equal("REASON_EXECUTOR_REGISTRATION_TIMEOUT", status.path("reason").asText(), "reason");
    Expect.that(
        Math.abs(seconds - timeout.toSeconds()) < 8,
        "the end after about " + timeout.toSeconds() + " s",
        seconds + " s");
    AgentView.awaitNoContainer(
        target, executor.scheduler().frameworkId(), executor.executorId(), Duration.ofSeconds(5));
  }

  private static UnaryOperator<ObjectNode> grace(long seconds) {
    return executor -> {
      executor.remove("shutdown_grace_period");
      if (seconds > 0) {
        executor.set("shutdown_grace_period", Json.object("nanoseconds", seconds * 1_000_000_000L));
      }
      return executor;
    };
  }

  private static void expectGrace(Target target, long given, double expected)
      throws InterruptedException {
    ExecutorSession executor =
        ExecutorSession.launched(target, target.framework(), grace(given), "one");
    EventStream events = executor.subscribe();
    executor.shutdown();
    events.await("SHUTDOWN", ExecutorSession.SOON);
    long start = System.nanoTime();
    executor.failure(Duration.ofSeconds((long) expected + 10));
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.that(
        seconds > expected - 0.5 && seconds < expected + 3,
        "the container's end " + expected + " s after SHUTDOWN",
        seconds + " s");
  }

  private static void graceByFlag(Target target) throws InterruptedException {
    Duration grace = AgentView.duration(target, "executor_shutdown_grace_period");
    if (grace.compareTo(Duration.ofSeconds(40)) > 0) {
      throw new NotObservable("--executor_shutdown_grace_period is longer than a test may take");
    }
    expectGrace(target, 0, grace.toMillis() / 1e3);
  }

  private static void graceByExecutor(Target target) throws InterruptedException {
    expectGrace(target, 1, 1);
    expectGrace(target, 9, 9);
    CommandTask task =
        CommandTask.launched(
            target,
            "trap '' TERM; while true; do sleep 0.2; done",
            one -> {
              one.set("kill_policy", CommandTask.policy(Duration.ofSeconds(9)));
              return one;
            });
    JsonNode running = task.await("TASK_RUNNING");
    long start = System.nanoTime();
    task.session()
        .call(
            "SHUTDOWN",
            "executor_id",
            Json.value(CommandTask.ID),
            "agent_id",
            running.get("agent_id"));
    AgentView.awaitNoContainer(
        target, task.session().frameworkId(), CommandTask.ID, Duration.ofSeconds(20));
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.that(
        seconds > 8 && seconds < 14,
        "the end of a command task with a grace of 9 s in its kill_policy",
        seconds + " s after SHUTDOWN");
  }

  /** The executor ends with status 3, some seconds after its start. */
  private static UnaryOperator<ObjectNode> ending(int seconds) {
    return executor -> {
      executor.set("command", Json.object("value", "sleep " + seconds + "; exit 3"));
      return executor;
    };
  }

  private static void expectTerminated(JsonNode status) {
    Expect.equal("TASK_FAILED", status.path("state").asText(), "state");
    Expect.equal("REASON_EXECUTOR_TERMINATED", status.path("reason").asText(), "reason");
    Expect.equal("SOURCE_AGENT", status.path("source").asText(), "source");
  }

  private static void exits(Target target) throws InterruptedException {
    ExecutorSession executor =
        ExecutorSession.launched(target, target.framework(), ending(6), "one", "two", "done");
    executor.subscribe();
    executor.update("one", "TASK_RUNNING");
    executor.update("done", "TASK_FINISHED");
    executor.scheduler().awaitState("one", "TASK_RUNNING");
    executor.scheduler().awaitState("done", "TASK_FINISHED");
    expectTerminated(executor.scheduler().update("one"));
    expectTerminated(executor.scheduler().update("two"));
    Expect.equal(
        3 << 8,
        executor.failure(ExecutorSession.SOON).path("status").asInt(),
        "wait status in FAILURE");
    executor
        .scheduler()
        .events()
        .expectNone(
            "UPDATE",
            event -> event.at("/update/status/task_id/value").asText().equals("done"),
            Duration.ofMillis(500));
    CommandTask command = CommandTask.launched(target, "exit 3");
    command.await("TASK_FAILED");
    command.session().events().expectNone("FAILURE", _ -> true, Duration.ofSeconds(4));
    Group group = Group.ofCommands(target, "one", "true");
    group.awaitEnd("one", "TASK_FINISHED");
    group.session().events().await("FAILURE", Duration.ofSeconds(20));
  }

  private static void exitsBefore(Target target) {
    String id = "executor-" + target.unique();
    SchedulerSession session =
        Placement.onOffer(
            target,
            target.framework(),
            (fresh, offer) -> {
              ObjectNode task = Tasks.bare(offer, "one");
              task.set("executor", Tasks.customExecutor(id, "exit 3"));
              fresh.launch(offer, task);
            });
    expectTerminated(session.update("one", Duration.ofSeconds(30)));
  }
}

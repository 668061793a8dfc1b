package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Section 8: KILL, grace periods and the time a task may take. */
final class KillRows implements RowTests {
  private static final String STUBBORN = "trap '' TERM; while true; do sleep 0.2; done";

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        "8/K0",
        "202 always",
        target -> {
          SchedulerSession session = target.subscribeQuietly();
          session.call("KILL", "task_id", Json.value("none"));
          session.call("KILL", "task_id", Json.value("none"), "agent_id", Json.value("none"));
        });
    rows.test("8/K1", "an unknown task is reconciled", KillRows::unknownTask);
    rows.test("8/K2", "another agent: ignored", KillRows::otherAgent);
    rows.notObservable(
        "8/K3", "remembered while the agent is away", "needs the agent to lose its connection");
    rows.test("8/K4", "which grace period counts", KillRows::graceOrder);
    rows.test("8/K4b", "a second KILL shortens the grace", KillRows::shortened);
    rows.test("8/K5", "SIGTERM, then SIGKILL", KillRows::signals);
    rows.test("8/K6", "killed before the executor registers", KillRows::duringLaunch);
    rows.withOffers("8/K7", "one of a group killed kills the group", KillRows::group);
    rows.test("8/K8", "max_completion_time", KillRows::completionTime);
  }

  private static void unknownTask(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call("KILL", "task_id", Json.value("none"));
    JsonNode status = session.update("none");
    Expect.equal("TASK_UNKNOWN", status.path("state").asText(), "state");
    Expect.equal("REASON_RECONCILIATION", status.path("reason").asText(), "reason");
  }

  private static void otherAgent(Target target) {
    RunningTask task = target.runningTask();
    task.session()
        .call(
            "KILL", "task_id", Json.value(task.taskId()), "agent_id", Json.value("another-agent"));
    task.session().events().expectNone("UPDATE", _ -> true, Duration.ofSeconds(3));
    Expect.that(
        target.cluster().task("tasks", task.taskId()).isPresent(), "the task to run on", "gone");
  }

  private static JsonNode policy(long seconds) {
    return Json.object("grace_period", Json.object("nanoseconds", seconds * 1_000_000_000L));
  }

  private static UnaryOperator<ObjectNode> stubborn(long graceSeconds) {
    return task -> {
      task.set("command", Json.object("value", STUBBORN));
      if (graceSeconds >= 0) {
        task.set("kill_policy", policy(graceSeconds));
      }
      return task;
    };
  }

  private static double secondsToKill(RunningTask task, Object... policy) {
    ObjectNode call = task.session().callOf("KILL", "task_id", Json.value(task.taskId()));
    if (policy.length > 0) {
      ((ObjectNode) call.path("kill")).set("kill_policy", (JsonNode) policy[0]);
    }
    long start = System.nanoTime();
    Expect.status(202, task.session().send(call), "KILL");
    return secondsUntilKilled(task, start);
  }

  private static double secondsUntilKilled(RunningTask task, long start) {
    task.session().awaitState(task.taskId(), "TASK_KILLED", Duration.ofSeconds(30));
    return (System.nanoTime() - start) / 1e9;
  }

  private static void between(double low, double high, double seconds, String what) {
    Expect.that(
        seconds >= low && seconds <= high,
        what + " between " + low + " and " + high + " s",
        seconds + " s");
  }

  private static void graceOrder(Target target) {
    RunningTask byCall = target.runningTask(target.framework(), stubborn(60));
    between(0.8, 4, secondsToKill(byCall, policy(1)), "grace of 1 s in KILL");
    RunningTask byTask = target.runningTask(target.framework(), stubborn(1));
    between(0.8, 2.9, secondsToKill(byTask), "grace of 1 s in TaskInfo");
    RunningTask byDefault = target.runningTask(target.framework(), stubborn(-1));
    between(2.7, 6, secondsToKill(byDefault), "default grace of 3 s");
  }

  private static void shortened(Target target) throws InterruptedException {
    RunningTask task = target.runningTask(target.framework(), stubborn(60));
    long start = System.nanoTime();
    task.session().call("KILL", "task_id", Json.value(task.taskId()));
    JsonNode killing = task.session().update(task.taskId());
    task.session().acknowledge(killing);
    task.session().call("KILL", "task_id", Json.value(task.taskId()), "kill_policy", policy(90));
    task.session().call("KILL", "task_id", Json.value(task.taskId()), "kill_policy", policy(2));
    between(1.5, 8, secondsUntilKilled(task, start), "a grace shortened to 2 s");
  }

  private static void signals(Target target) {
    RunningTask polite =
        target.runningTask(
            target.framework(),
            task -> {
              task.set(
                  "command",
                  Json.object("value", "trap 'exit 0' TERM; while true; do sleep 0.1; done"));
              task.set("kill_policy", policy(60));
              return task;
            });
    between(0, 5, secondsToKill(polite), "the end of a task that obeys SIGTERM");
    RunningTask stubborn = target.runningTask(target.framework(), stubborn(2));
    between(1.8, 6, secondsToKill(stubborn), "the end of a task that ignores SIGTERM for 2 s");
  }

  private static void duringLaunch(Target target) {
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "sleep 1000");
    launched.session().call("KILL", "task_id", Json.value(launched.taskId()));
    JsonNode status = launched.session().awaitState(launched.taskId(), "TASK_KILLED");
    Expect.equal("REASON_TASK_KILLED_DURING_LAUNCH", status.path("reason").asText(), "reason");
  }

  private static void group(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode executor = Tasks.defaultExecutor("executor-x", session.frameworkId());
    session.accept(
        offer,
        3600,
        Tasks.group(
            executor,
            SchedulerSession.task(offer, "one", "sleep 1000"),
            SchedulerSession.task(offer, "two", "sleep 1000"),
            SchedulerSession.task(offer, "three", "sleep 2")),
        Tasks.group(executor, SchedulerSession.task(offer, "apart", "sleep 1000")));
    for (String id : new String[] {"one", "two", "apart"}) {
      session.awaitState(id, "TASK_RUNNING", Duration.ofSeconds(40));
    }
    session.awaitState("three", "TASK_FINISHED", Duration.ofSeconds(40));
    session
        .events()
        .expectNone(
            "UPDATE",
            one -> !one.at("/update/status/task_id/value").asText().equals("three"),
            Duration.ofSeconds(2));
    session.call("KILL", "task_id", Json.value("one"));
    session.awaitState("one", "TASK_KILLED");
    session.awaitState("two", "TASK_KILLED");
    session
        .events()
        .expectNone(
            "UPDATE",
            one -> one.at("/update/status/task_id/value").asText().equals("apart"),
            Duration.ofSeconds(2));
  }

  private static void completionTime(Target target) {
    RunningTask task =
        target.runningTask(
            target.framework(),
            info -> {
              info.set("max_completion_time", Json.object("nanoseconds", 4_000_000_000L));
              return info;
            });
    JsonNode status = task.session().update(task.taskId(), Duration.ofSeconds(20));
    Expect.equal("TASK_FAILED", status.path("state").asText(), "state");
    Expect.equal("REASON_MAX_COMPLETION_TIME_REACHED", status.path("reason").asText(), "reason");
  }
}

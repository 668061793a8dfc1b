package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Sandbox;
import java.time.Duration;
import java.time.Instant;

/** Section 7: the way of a status update through the agent. */
final class UpdateRows implements RowTests {
  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("7/U1", "dropped when the framework ends", UpdateRows::dropped);
    rows.test("7/U2", "what the agent adds", UpdateRows::enriched);
    rows.notObservable("7/U3", "durable before ACKNOWLEDGED", "needs an agent that is killed");
    rows.test("7/U4", "one in flight, sent again", UpdateRows::inFlight);
    rows.test("7/U5", "a known uuid is acknowledged, not forwarded", UpdateRows::duplicate);
    rows.test("7/U6", "resources released before the forwarding", UpdateRows::released);
    rows.test("7/U7", "which executors end with their tasks", UpdateRows::executorsEnd);
    rows.test("7/U8", "the last acknowledgement completes the task", UpdateRows::completed);
  }

  private static void dropped(Target target) throws InterruptedException {
    ExecutorSession executor =
        ExecutorSession.launched(
            target,
            target.framework(),
            info -> {
              info.set("shutdown_grace_period", Json.object("nanoseconds", 30_000_000_000L));
              return info;
            },
            "one");
    EventStream events = executor.subscribe();
    executor.scheduler().call("TEARDOWN");
    events.await("SHUTDOWN", ExecutorSession.SOON);
    executor.update("one", "TASK_RUNNING");
    events.expectNone("ACKNOWLEDGED", _ -> true, Duration.ofSeconds(4));
  }

  private static void enriched(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    executor.update("one", "TASK_RUNNING");
    JsonNode status = executor.scheduler().update("one");
    executor.scheduler().acknowledge(status);
    Expect.equal(executor.agentId(), status.path("agent_id"), "agent_id");
    Expect.equal(executor.executorId(), status.at("/executor_id/value").asText(), "executor_id");
    Expect.equal("SOURCE_EXECUTOR", status.path("source").asText(), "source");
    Expect.that(
        Math.abs(status.path("timestamp").asDouble() - Instant.now().getEpochSecond()) < 120,
        "a timestamp",
        status);
    Expect.equal(
        executor.state().path("container").asText(),
        status.at("/container_status/container_id/value").asText(),
        "container_id");
    String address =
        status.at("/container_status/network_infos/0/ip_addresses/0/ip_address").asText();
    String pid = target.agent().get("/state").path("pid").asText();
    Expect.equal(pid.replaceFirst("^[^@]*@", "").replaceFirst(":\\d+$", ""), address, "ip_address");
    var own = executor.status("one", "TASK_RUNNING");
    own.put("timestamp", 1234.5);
    own.put("data", "aGk=");
    own.set("labels", Json.object("labels", Json.array(Json.object("key", "k", "value", "v"))));
    executor.call("UPDATE", "status", own);
    JsonNode kept = executor.scheduler().update("one");
    Expect.equal(1234.5, kept.path("timestamp").asDouble(), "the executor's own timestamp");
    Expect.equal("aGk=", kept.path("data").asText(), "data");
    Expect.equal(own.get("labels"), kept.get("labels"), "labels");
  }

  private static void inFlight(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    JsonNode running = executor.update("one", "TASK_RUNNING");
    JsonNode finished = executor.update("one", "TASK_FINISHED");
    ExecutorSession.acknowledged(events, finished);
    SchedulerSession scheduler = executor.scheduler();
    Expect.equal(running.get("uuid"), scheduler.update("one").get("uuid"), "first uuid");
    long start = System.nanoTime();
    JsonNode again = scheduler.update("one", Duration.ofSeconds(15));
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.equal(running.get("uuid"), again.get("uuid"), "uuid of what comes next");
    Expect.that(seconds > 8.5 && seconds < 13, "sent again after 10 s", seconds + " s");
    scheduler.acknowledge(again);
    Expect.equal(
        finished.get("uuid"),
        scheduler.update("one", Duration.ofSeconds(5)).get("uuid"),
        "uuid after the acknowledgement");
  }

  private static void duplicate(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    JsonNode running = executor.update("one", "TASK_RUNNING");
    ExecutorSession.acknowledged(events, running);
    executor.scheduler().awaitState("one", "TASK_RUNNING");
    executor.call("UPDATE", "status", running);
    ExecutorSession.acknowledged(events, running);
    executor.scheduler().events().expectNone("UPDATE", _ -> true, Duration.ofSeconds(3));
  }

  private static double cpus(ExecutorSession executor) {
    return executor.state().at("/resources/cpus").asDouble();
  }

  private static void released(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    executor.update("one", "TASK_RUNNING");
    executor.scheduler().awaitState("one", "TASK_RUNNING");
    Expect.that(
        Math.abs(cpus(executor) - 0.2) < 0.001,
        "0.2 cpus of executor and task in the agent's /state",
        cpus(executor));
    executor.update("one", "TASK_FINISHED");
    executor.scheduler().update("one");
    Expect.that(
        Math.abs(cpus(executor) - 0.1) < 0.001,
        "0.1 cpus of the executor before the scheduler's acknowledgement",
        cpus(executor));
  }

  private static void executorsEnd(Target target) throws InterruptedException {
    ExecutorSession custom = ExecutorSession.launched(target);
    EventStream events = custom.subscribe();
    custom.update("one", "TASK_FINISHED");
    custom.scheduler().awaitState("one", "TASK_FINISHED");
    CommandTask command = CommandTask.launched(target, "true");
    command.await("TASK_FINISHED");
    Group group = Group.ofCommands(target, "one", "true");
    group.awaitEnd("one", "TASK_FINISHED");
    AgentView.awaitNoContainer(
        target, command.session().frameworkId(), CommandTask.ID, Duration.ofSeconds(10));
    AgentView.awaitNoContainer(
        target, group.session().frameworkId(), group.executorId(), Duration.ofSeconds(10));
    Expect.that(!events.ended(), "the custom executor's stream open", "ended");
    events.expectNone("SHUTDOWN", _ -> true, Duration.ofSeconds(3));
    Expect.that(
        AgentView.container(target, custom.scheduler().frameworkId(), custom.executorId())
            .isPresent(),
        "the container of a custom executor without tasks",
        "none");
  }

  private static void completed(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    executor.update("one", "TASK_FINISHED");
    JsonNode finished = executor.scheduler().update("one");
    String framework = executor.scheduler().frameworkId();
    Expect.that(
        AgentView.task(target, "terminated_tasks", framework, "one").isPresent(),
        "the task among the agent's terminated_tasks",
        target.agent().call("GET_TASKS"));
    executor.scheduler().acknowledge(finished);
    target.eventually(
        "the task among the agent's completed_tasks",
        ExecutorSession.SOON,
        () -> AgentView.task(target, "completed_tasks", framework, "one"));
    Expect.that(
        Sandbox.find(target, framework, executor.executorId()).isPresent(),
        "the executor in /state",
        "absent");
  }
}

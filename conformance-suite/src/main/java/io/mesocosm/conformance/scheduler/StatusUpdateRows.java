package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Section 9, first half: delivery of status updates, and what a TaskStatus carries. */
final class StatusUpdateRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        "9/U1",
        "UPDATE carries a status",
        target -> {
          RunningTask task = target.runningTask();
          Expect.fields(task.running(), "status", "task_id", "state");
        });
    rows.test("9/U2", "uuid only where it is to be acknowledged", StatusUpdateRows::uuids);
    rows.test("9/U3", "sent again after 10 s", StatusUpdateRows::retried);
    rows.test("9/U4", "in order, one at a time", StatusUpdateRows::ordered);
    rows.test("9/U5", "the last acknowledgement removes the task", StatusUpdateRows::removed);
    rows.test("9/U6", "terminal states", StatusUpdateRows::terminal);
    rows.exclusive("9/U7", "resources free before the acknowledgement", StatusUpdateRows::released);
    rows.test("9/U8", "delivered to a framework that comes back", StatusUpdateRows::comeBack);
    rows.notObservable("9/U9", "duplicates", "says what clients do");
    rows.notObservable(
        "9/U10", "agent back from unreachable", "needs the agent to be unreachable for minutes");
    rows.test(
        "9/status.task_id-state",
        "task_id and state",
        target ->
            Expect.equal(
                "TASK_RUNNING", target.runningTask().running().path("state").asText(), "state"));
    rows.test("9/status.message", "message of an end", StatusUpdateRows::message);
    rows.test(
        "9/status.source",
        "source",
        target ->
            Expect.that(
                target
                    .runningTask()
                    .running()
                    .path("source")
                    .asText()
                    .matches("SOURCE_(EXECUTOR|AGENT)"),
                "SOURCE_EXECUTOR",
                "another source"));
    rows.test("9/status.reason", "reason", StatusUpdateRows::reason);
    rows.notObservable("9/status.data", "data", "set by executors; see mesos-executor-api");
    rows.test("9/status.agent_id-executor_id", "agent_id and executor_id", StatusUpdateRows::ids);
    rows.test("9/status.timestamp", "timestamp in seconds", StatusUpdateRows::timestamp);
    rows.test(
        "9/status.uuid",
        "uuid of 16 bytes",
        target -> {
          byte[] uuid =
              Base64.getDecoder().decode(target.runningTask().running().path("uuid").asText());
          Expect.equal(16, uuid.length, "bytes in the uuid");
        });
    rows.test("9/status.healthy", "healthy", StatusUpdateRows::healthy);
    rows.test("9/status.check_status", "check_status", StatusUpdateRows::checkStatus);
    rows.notObservable("9/status.labels", "labels", "set by executors; see mesos-executor-api");
    rows.test("9/status.container_status", "container_status", StatusUpdateRows::containerStatus);
    rows.notObservable(
        "9/status.unreachable_time", "unreachable_time", "needs the agent to be unreachable");
    rows.notObservable("9/status.limitation", "limitation", "needs an agent that enforces limits");
  }

  private static SchedulerSession launched(Target target, String command) {
    return launched(target, task -> task.set("command", Json.object("value", command)));
  }

  private interface Change {
    Object to(com.fasterxml.jackson.databind.node.ObjectNode task);
  }

  private static SchedulerSession launched(Target target, Change change) {
    return target.exclusively(() -> {
      SchedulerSession session = target.subscribe(target.framework());
      JsonNode offer = session.offer();
      var task = SchedulerSession.task(offer, "task", "sleep 1000");
      change.to(task);
      session.launch(offer, task);
      session.quiet();
      return session;
    });
  }

  private static void uuids(Target target) {
    RunningTask task = target.runningTask();
    Expect.that(task.running().has("uuid"), "a uuid in an agent's status", task.running());
    task.session().call("RECONCILE", "tasks", Json.array());
    Expect.that(
        !task.session().update(task.taskId()).has("uuid"), "no uuid in reconciliation", "a uuid");
  }

  private static void retried(Target target) {
    SchedulerSession session = launched(target, "sleep 1000");
    JsonNode first = session.update("task", Duration.ofSeconds(30));
    long start = System.nanoTime();
    JsonNode second = session.update("task", Duration.ofSeconds(15));
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.equal(first.get("uuid"), second.get("uuid"), "uuid of what is sent again");
    Expect.that(seconds > 8.5 && seconds < 13, "a retry after 10 s", seconds + " s");
    JsonNode third = session.update("task", Duration.ofSeconds(25));
    double doubled = (System.nanoTime() - start) / 1e9 - seconds;
    Expect.equal(first.get("uuid"), third.get("uuid"), "uuid of what is sent a third time");
    Expect.that(doubled > 18 && doubled < 24, "a second retry after 20 s more", doubled + " s");
  }

  private static void ordered(Target target) {
    SchedulerSession session = launched(target, "true");
    JsonNode first = session.update("task", Duration.ofSeconds(30));
    Expect.that(
        first.path("state").asText().matches("TASK_STARTING|TASK_RUNNING"),
        "TASK_STARTING or TASK_RUNNING",
        first);
    session
        .events()
        .expectNone(
            "UPDATE",
            one -> !one.at("/update/status/uuid").equals(first.get("uuid")),
            Duration.ofSeconds(3));
    session.acknowledge(first);
    session.awaitState("task", "TASK_FINISHED");
  }

  private static void removed(Target target) throws InterruptedException {
    RunningTask task = target.runningTask();
    task.session().call("KILL", "task_id", Json.value(task.taskId()));
    task.session().acknowledge(task.session().update(task.taskId()));
    JsonNode last = task.session().update(task.taskId());
    Expect.equal("TASK_KILLED", last.path("state").asText(), "state");
    Expect.that(
        target.cluster().task("tasks", task.taskId()).isPresent(),
        "the task known before the ACK",
        "gone");
    task.session().acknowledge(last);
    target.eventually(
        "the task among the completed ones",
        SOON,
        () -> target.cluster().task("completed_tasks", task.taskId()));
    Expect.that(
        target.cluster().task("tasks", task.taskId()).isEmpty(),
        "the task not known after the ACK",
        "known");
  }

  private static void terminal(Target target) {
    Tasks.run(target, UnaryOperator.identity(), "TASK_FINISHED");
    Tasks.run(
        target,
        task -> {
          task.set("command", Json.object("value", "exit 3"));
          return task;
        },
        "TASK_FAILED");
  }

  private static void released(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    double cpus = SchedulerSession.scalar(offer, "cpus");
    session.accept(
        offer, 0, SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "true")));
    session.acknowledge(session.update("task", Duration.ofSeconds(30)));
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode event =
          session
              .events()
              .await(
                  "OFFERS", one -> CallRows.ofAgent(one, offer.get("agent_id")).isPresent(), SOON);
      JsonNode again = CallRows.ofAgent(event, offer.get("agent_id")).orElseThrow();
      if (Math.abs(SchedulerSession.scalar(again, "cpus") - cpus) < 0.0005) {
        return;
      }
      session.decline(0, again);
      session
          .events()
          .poll(
              "UPDATE",
              one -> !one.at("/update/status/state").asText().equals("TASK_FINISHED"),
              Duration.ZERO)
          .ifPresent(update -> session.acknowledge(update.at("/update/status")));
    }
    throw new Mismatch(
        "all " + cpus + " cpus offered before the ACK of TASK_FINISHED", "not offered");
  }

  private static void comeBack(Target target) throws InterruptedException {
    RunningTask task =
        target.runningTask(
            target.framework().failoverTimeout(60),
            info -> {
              info.set("command", Json.object("value", "sleep 3"));
              return info;
            });
    task.session().disconnect();
    target.eventually(
        "the task to have finished",
        Duration.ofSeconds(20),
        () ->
            target
                .cluster()
                .task("tasks", task.taskId())
                .filter(one -> one.path("state").asText().equals("TASK_FINISHED")));
    SchedulerSession again = target.subscribe(task.session().again().suppressed());
    again.awaitState(task.taskId(), "TASK_FINISHED", Duration.ofSeconds(45));
  }

  private static void message(Target target) {
    JsonNode status =
        Tasks.run(
            target,
            task -> {
              task.set("command", Json.object("value", "exit 3"));
              return task;
            },
            "TASK_FAILED");
    Expect.that(
        status.path("message").asText().contains("Command exited with status 3"),
        "Command exited with status 3",
        status);
  }

  private static void reason(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call("RECONCILE", "tasks", Json.array(Json.object("task_id", Json.value("none"))));
    Expect.equal("REASON_RECONCILIATION", session.update("none").path("reason").asText(), "reason");
  }

  private static void ids(Target target) {
    RunningTask task = target.runningTask();
    Expect.equal(task.agentId(), task.running().get("agent_id"), "agent_id");
    Expect.equal(
        task.taskId(),
        task.running().at("/executor_id/value").asText(),
        "executor_id of a command task");
  }

  private static void timestamp(Target target) {
    double seconds = target.runningTask().running().path("timestamp").asDouble();
    Expect.that(
        Math.abs(seconds - Instant.now().getEpochSecond()) < 120,
        "seconds since the epoch",
        seconds);
  }

  private static JsonNode statusWith(SchedulerSession session, Predicate<JsonNode> condition) {
    for (int i = 0; i < 5; i++) {
      JsonNode status = session.update("task", Duration.ofSeconds(20));
      session.acknowledge(status);
      if (condition.test(status)) {
        return status;
      }
    }
    throw new Mismatch("such a status", "none of five");
  }

  private static void healthy(Target target) {
    SchedulerSession session =
        launched(
            target,
            task ->
                task.set(
                    "health_check",
                    Json.object(
                        "type",
                        "COMMAND",
                        "command",
                        Json.object("value", "true"),
                        "delay_seconds",
                        0,
                        "interval_seconds",
                        1)));
    JsonNode status = statusWith(session, one -> one.has("healthy"));
    Expect.equal(true, status.path("healthy").asBoolean(), "healthy");
    Expect.equal(
        "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED", status.path("reason").asText(), "reason");
  }

  private static void checkStatus(Target target) {
    SchedulerSession session =
        launched(
            target,
            task ->
                task.set(
                    "check",
                    Json.object(
                        "type",
                        "COMMAND",
                        "command",
                        Json.object("command", Json.object("value", "exit 7")),
                        "delay_seconds",
                        0,
                        "interval_seconds",
                        1)));
    JsonNode status = statusWith(session, one -> one.at("/check_status/command").has("exit_code"));
    Expect.equal(7, status.at("/check_status/command/exit_code").asInt(), "exit_code");
    Expect.equal("COMMAND", status.at("/check_status/type").asText(), "type");
  }

  private static void containerStatus(Target target) {
    JsonNode status = target.runningTask().running().path("container_status");
    Expect.that(!status.at("/container_id/value").asText().isEmpty(), "a container_id", status);
    Optional<JsonNode> address =
        Json.each(status.path("network_infos"))
            .flatMap(network -> Json.each(network.path("ip_addresses")))
            .filter(one -> one.has("ip_address"))
            .findFirst();
    Expect.that(address.isPresent(), "an ip_address in network_infos", status);
  }
}

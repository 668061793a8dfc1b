package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Section 8: the command executor. */
final class CommandExecutorRows implements RowTests {
  private static final String SLEEP = "sleep 1000";

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("8/C1", "for tasks with a command", CommandExecutorRows::used);
    rows.test("8/C2", "executor_id, name and source", CommandExecutorRows::identity);
    rows.test("8/C3", "0.1 cpus and 32 MB more", CommandExecutorRows::resources);
    rows.test("8/C4", "URIs and environment of the command", CommandExecutorRows::fetched);
    rows.notObservable("8/C5", "task with an image", "needs an agent with an image provider");
    rows.test("8/C6", "statuses", CommandExecutorRows::statuses);
    rows.test("8/C7", "ends and their messages", CommandExecutorRows::ends);
    rows.test("8/C8", "shell, value and arguments", CommandExecutorRows::shell);
    rows.notObservable(
        "8/C9",
        "a second LAUNCH",
        "no master sends one: the executor of a command task cannot be named by another task");
    rows.test("8/C10", "exit after the last status", CommandExecutorRows::exit);
    rows.test(
        "8/C11", "SHUTDOWN: SIGTERM to the tree, then SIGKILL", CommandExecutorRows::shutdown);
    rows.test("8/C12", "health checks and checks", CommandExecutorRows::checks);
    rows.test("8/C13", "user", CommandExecutorRows::user);
  }

  private static void used(Target target) {
    CommandTask.launched(target, "true").await("TASK_FINISHED");
    CommandTask contained =
        CommandTask.launched(
            target,
            "true",
            task -> {
              task.set("container", Json.object("type", "MESOS"));
              return task;
            });
    Expect.equal(
        CommandTask.ID,
        contained.await("TASK_FINISHED").at("/executor_id/value").asText(),
        "executor_id of a task with a MESOS container");
  }

  private static JsonNode executor(Target target) throws InterruptedException {
    CommandTask task = CommandTask.launched(target, SLEEP);
    task.await("TASK_RUNNING");
    task.sandbox();
    return Sandbox.find(target, task.session().frameworkId(), CommandTask.ID).orElseThrow();
  }

  private static void identity(Target target) throws InterruptedException {
    JsonNode executor = executor(target);
    Expect.equal(
        "Command Executor (Task: one) (Command: sh -c '" + SLEEP + "')",
        executor.path("name").asText(),
        "name");
    Expect.equal("one", executor.path("source").asText(), "source");
  }

  private static void resources(Target target) throws InterruptedException {
    JsonNode resources = executor(target).path("resources");
    Expect.that(
        Math.abs(resources.path("cpus").asDouble() - 0.2) < 0.001
            && resources.path("mem").asDouble() == 64,
        "0.2 cpus and 64 MB of a task of 0.1 cpus and 32 MB with its executor",
        resources);
  }

  private static void fetched(Target target) {
    String uri = target.agent().http().base().resolve("/version").toString();
    ObjectNode command =
        Json.object(
            "value",
            "grep -q version fetched && grep -q \"$WHAT\" fetched",
            "uris",
            Json.array(Json.object("value", uri, "output_file", "fetched", "cache", false)),
            "environment",
            Environment.variables("WHAT", "version"));
    CommandTask.launched(target, "", CommandTask.command(command)).await("TASK_FINISHED");
    command.set(
        "uris", Json.array(Json.object("value", "http://127.0.0.1:1/none", "cache", false)));
    JsonNode failed =
        CommandTask.launched(target, "", CommandTask.command(command)).await("TASK_FAILED");
    Expect.equal("SOURCE_AGENT", failed.path("source").asText(), "source after a failed fetch");
  }

  private static List<String> statesOf(Target target, Framework framework) {
    CommandTask task = CommandTask.launched(target, framework, SLEEP, one -> one);
    List<String> states = new ArrayList<>();
    while (states.isEmpty() || !states.getLast().matches("TASK_(KILLED|FAILED|LOST)")) {
      states.add(task.next().path("state").asText());
      if (states.getLast().equals("TASK_RUNNING")) {
        task.session().call("KILL", "task_id", Json.value(CommandTask.ID));
      }
    }
    return states;
  }

  private static void statuses(Target target) {
    Expect.equal(
        List.of("TASK_STARTING", "TASK_RUNNING", "TASK_KILLING", "TASK_KILLED"),
        statesOf(target, target.framework()),
        "states");
    Expect.equal(
        List.of("TASK_STARTING", "TASK_RUNNING", "TASK_KILLED"),
        statesOf(target, target.framework().withoutCapability("TASK_KILLING_STATE")),
        "states without TASK_KILLING_STATE");
  }

  private static void ends(Target target) {
    CommandTask.launched(target, "exit 0")
        .expectEnd("TASK_FINISHED", "Command exited with status 0");
    CommandTask.launched(target, "exit 7").expectEnd("TASK_FAILED", "Command exited with status 7");
    CommandTask.launched(target, "kill -KILL $$")
        .expectEnd("TASK_FAILED", "Command terminated with signal Killed");
    CommandTask killed = CommandTask.launched(target, "exec " + SLEEP);
    killed.await("TASK_RUNNING");
    killed.session().call("KILL", "task_id", Json.value(CommandTask.ID));
    killed.expectEnd("TASK_KILLED", "Command terminated with signal Terminated");
  }

  private static void runs(Target target, Object... command) {
    CommandTask.launched(target, "", CommandTask.command(Json.object(command)))
        .await("TASK_FINISHED");
  }

  private static void shell(Target target) {
    runs(target, "value", "test \"$0\" = sh", "arguments", List.of("ignored", "-x"));
    runs(
        target,
        "shell",
        false,
        "value",
        "/bin/sh",
        "arguments",
        List.of("mine", "-c", "test \"$0 $1\" = 'a b'", "a", "b"));
    CommandTask named =
        CommandTask.launched(
            target,
            "",
            CommandTask.command(
                Json.object(
                    "shell",
                    false,
                    "value",
                    "/bin/sh",
                    "arguments",
                    List.of("sh", "-c", "exit 5"))));
    named.expectEnd("TASK_FAILED", "Command exited with status 5");
  }

  private static void exit(Target target) throws InterruptedException {
    CommandTask task = CommandTask.launched(target, "true");
    JsonNode status = task.next();
    while (!status.path("state").asText().equals("TASK_FINISHED")) {
      status = task.session().update(CommandTask.ID);
      if (!status.path("state").asText().equals("TASK_FINISHED")) {
        task.session().acknowledge(status);
      }
    }
    AgentView.awaitNoContainer(
        target, task.session().frameworkId(), CommandTask.ID, Duration.ofSeconds(10));
  }

  private static void shutdown(Target target) throws InterruptedException {
    Duration grace = AgentView.duration(target, "executor_shutdown_grace_period");
    if (grace.compareTo(Duration.ofSeconds(30)) > 0) {
      throw new NotObservable("--executor_shutdown_grace_period is longer than a test may take");
    }
    String stubborn =
        "sh -c 'trap \"echo x > child\" TERM; touch ready; while true; do sleep 0.1; done' & "
            + "trap 'echo x > parent' TERM; while true; do sleep 0.1; done";
    CommandTask task = CommandTask.launched(target, stubborn);
    JsonNode running = task.await("TASK_RUNNING");
    Sandbox sandbox = task.sandbox();
    target.eventually("the file ready", ExecutorSession.SOON, () -> sandbox.text("ready"));
    long start = System.nanoTime();
    task.session()
        .call(
            "SHUTDOWN",
            "executor_id",
            Json.value(CommandTask.ID),
            "agent_id",
            running.get("agent_id"));
    sandbox.await("parent", text -> text.startsWith("x"));
    sandbox.await("child", text -> text.startsWith("x"));
    AgentView.awaitNoContainer(
        target, task.session().frameworkId(), CommandTask.ID, grace.plusSeconds(4));
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.that(
        seconds > grace.toMillis() / 1e3 - 2.5,
        "SIGKILL no earlier than 2 s before the end of the grace of " + grace.toSeconds() + " s",
        seconds + " s");
  }

  private static ObjectNode every(ObjectNode check, double seconds) {
    return check
        .put("delay_seconds", 0)
        .put("interval_seconds", seconds)
        .put("timeout_seconds", 10);
  }

  private static void checks(Target target) {
    ObjectNode health =
        every(
                Json.object(
                    "type",
                    "COMMAND",
                    "command",
                    Json.object("value", "test -e \"$MESOS_SANDBOX/healthy\"")),
                0.5)
            .put("grace_period_seconds", 0)
            .put("consecutive_failures", 3);
    CommandTask task =
        CommandTask.launched(
            target,
            "touch healthy; sleep 5; rm healthy; exec sleep 1000",
            one -> {
              one.set("health_check", health);
              return one;
            });
    JsonNode healthy =
        task.awaitStatus("a status healthy", one -> one.path("healthy").asBoolean(false));
    Expect.equal("TASK_RUNNING", healthy.path("state").asText(), "state");
    Expect.equal(
        "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED", healthy.path("reason").asText(), "reason");
    JsonNode unhealthy = task.next();
    Expect.equal("TASK_RUNNING", unhealthy.path("state").asText(), "state after a failure");
    Expect.that(
        unhealthy.has("healthy") && !unhealthy.path("healthy").asBoolean(),
        "healthy false after a failure",
        unhealthy);
    JsonNode end =
        task.awaitStatus(
            "a terminal status",
            one -> one.path("state").asText().matches("TASK_(KILLED|FAILED|FINISHED)"));
    Expect.equal("TASK_KILLED", end.path("state").asText(), "state after the last failure");
    Expect.that(
        end.has("healthy") && !end.path("healthy").asBoolean(), "healthy false at the end", end);
    generalChecks(target);
  }

  private static void generalChecks(Target target) {
    ObjectNode check =
        every(
            Json.object(
                "type",
                "COMMAND",
                "command",
                Json.object("command", Json.object("value", "test -e \"$MESOS_SANDBOX/there\""))),
            0.5);
    CommandTask task =
        CommandTask.launched(
            target,
            "sleep 4; touch there; exec sleep 1000",
            one -> {
              one.set("check", check);
              return one;
            });
    for (int code : new int[] {1, 0}) {
      JsonNode status =
          task.awaitStatus(
              "exit_code " + code,
              one -> one.at("/check_status/command/exit_code").asInt(-1) == code);
      Expect.equal("REASON_TASK_CHECK_STATUS_UPDATED", status.path("reason").asText(), "reason");
    }
  }

  private static void user(Target target) throws InterruptedException {
    if (!AgentView.isOn(target, "switch_user")) {
      throw new NotObservable("needs an agent with --switch_user");
    }
    if (!System.getProperty("user.name").equals("root")) {
      throw new NotObservable("needs an agent that runs as root");
    }
    CommandTask ofFramework =
        CommandTask.launched(target, "test \"$(id -un)\" = root && test \"$(id -u)\" = 0");
    ofFramework.await("TASK_FINISHED");
    CommandTask ofCommand =
        CommandTask.launched(
            target,
            "",
            CommandTask.command(
                Json.object("value", "id -un > who; test -s who", "user", "nobody")));
    ofCommand.await("TASK_FINISHED");
    Expect.equal(
        "nobody",
        ofCommand.sandbox().await("who", text -> !text.isEmpty()).strip(),
        "name of the user");
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Tasks;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Section 3: the agent's calls that only read. */
final class AgentReadRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("3/GET_HEALTH", "GET_HEALTH", target -> MasterReadRows.health(target.agent()));
    rows.test("3/GET_FLAGS", "GET_FLAGS", t -> MasterReadRows.flags(t.agent(), "work_dir"));
    rows.test("3/GET_VERSION", "GET_VERSION", t -> MasterReadRows.version(t.agent()));
    rows.test(
        "3/GET_METRICS", "GET_METRICS", t -> MasterReadRows.metrics(t.agent(), "slave/registered"));
    rows.test("3/GET_LOGGING_LEVEL", "GET_LOGGING_LEVEL", t -> MasterReadRows.level(t.agent()));
    rows.exclusive(
        "3/SET_LOGGING_LEVEL", "SET_LOGGING_LEVEL", t -> MasterReadRows.setLevel(t, t.agent()));
    rows.test("3/LIST_FILES", "LIST_FILES", AgentReadRows::listFiles);
    rows.test("3/READ_FILE", "READ_FILE", AgentReadRows::readFile);
    rows.test("3/GET_STATE", "GET_STATE", AgentReadRows::state);
    rows.test("3/GET_CONTAINERS", "GET_CONTAINERS", AgentReadRows::containers);
    rows.test("3/GET_FRAMEWORKS", "GET_FRAMEWORKS", AgentReadRows::frameworks);
    rows.test("3/GET_EXECUTORS", "GET_EXECUTORS", AgentReadRows::executors);
    rows.withOffers(
        "3/GET_OPERATIONS", "GET_OPERATIONS", t -> MasterReadRows.operations(t, t.agent()));
    rows.test("3/GET_TASKS", "GET_TASKS", AgentReadRows::tasks);
    rows.test("3/GET_AGENT", "GET_AGENT", AgentReadRows::agent);
    rows.test(
        "3/GET_RESOURCE_PROVIDERS",
        "GET_RESOURCE_PROVIDERS",
        t -> t.agent().call("GET_RESOURCE_PROVIDERS"));
  }

  private static void listFiles(Target target) throws InterruptedException {
    OperatorCalls agent = target.agent();
    RunningTask running = Placement.runningTask(target);
    Sandbox sandbox = Sandbox.of(target, running.session().frameworkId(), running.taskId());
    JsonNode infos =
        agent.call("LIST_FILES", Json.object("path", sandbox.directory())).path("file_infos");
    Json.each(infos).forEach(MasterReadRows::expectFileInfo);
    Expect.that(
        Json.each(infos).anyMatch(one -> one.path("path").asText().endsWith("/stdout")),
        "stdout in the sandbox",
        infos);
    agent.expect(404, "LIST_FILES", Json.object("path", "/none-" + target.unique()));
  }

  private static void readFile(Target target) throws InterruptedException {
    OperatorCalls agent = target.agent();
    RunningTask running =
        Placement.runningTask(
            target,
            target.framework(),
            task -> {
              task.set("command", Json.object("value", "printf 0123456789 > digits; sleep 1000"));
              return task;
            });
    Sandbox sandbox = Sandbox.of(target, running.session().frameworkId(), running.taskId());
    sandbox.await("digits", "0123456789"::equals);
    String path = sandbox.path("digits");
    JsonNode part = agent.call("READ_FILE", Json.object("path", path, "offset", 3, "length", 4));
    Expect.equal(10L, part.path("size").asLong(), "size of the whole file");
    Expect.equal("3456", decoded(part), "data");
    JsonNode rest = agent.call("READ_FILE", Json.object("path", path, "offset", 5));
    Expect.equal("56789", decoded(rest), "data without length");
    agent.expect(404, "READ_FILE", Json.object("path", path + "-none", "offset", 0));
  }

  private static String decoded(JsonNode part) {
    byte[] bytes = Base64.getDecoder().decode(part.path("data").asText());
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void state(Target target) {
    RunningTask running = Placement.runningTask(target);
    JsonNode state = target.agent().call("GET_STATE");
    Expect.fields(state, "get_state", "get_tasks", "get_executors", "get_frameworks");
    Expect.that(
        contains(state.at("/get_tasks/launched_tasks"), "/task_id/value", running.taskId()),
        "the task in launched_tasks",
        state.path("get_tasks"));
  }

  private static boolean contains(JsonNode list, String pointer, String value) {
    return Json.each(list).anyMatch(one -> one.at(pointer).asText().equals(value));
  }

  private static void containers(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    JsonNode container =
        target.eventually(
            "a container with resource_statistics",
            SchedulerSession.SOON,
            () ->
                Optional.of(container(target, running))
                    .filter(one -> one.has("resource_statistics")));
    Expect.fields(
        container, "container", "framework_id", "executor_id", "container_id", "container_status");
    Expect.that(!container.at("/container_id/value").asText().isEmpty(), "an id", container);
    JsonNode statistics = container.path("resource_statistics");
    Expect.fields(statistics, "resource_statistics", "timestamp");
  }

  /** The container of a command task, by GET_CONTAINERS. */
  static JsonNode container(Target target, RunningTask running) {
    JsonNode all = target.agent().call("GET_CONTAINERS", Json.object("show_nested", false));
    return Json.each(all.path("containers"))
        .filter(one -> one.at("/executor_id/value").asText().equals(running.taskId()))
        .findFirst()
        .orElseThrow(() ->
            new io.mesocosm.conformance.Mismatch(
                "a container of executor " + running.taskId(), all.toString()));
  }

  private static void frameworks(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    String id = running.session().frameworkId();
    JsonNode now = target.agent().call("GET_FRAMEWORKS");
    Expect.that(
        contains(now.path("frameworks"), "/framework_info/id/value", id), "framework " + id, now);
    running.session().close();
    target.eventually(
        "framework " + id + " in completed_frameworks",
        SchedulerSession.SOON.multipliedBy(2),
        () ->
            Optional.of(target.agent().call("GET_FRAMEWORKS").path("completed_frameworks"))
                .filter(all -> contains(all, "/framework_info/id/value", id)));
  }

  private static void executors(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    String id = running.taskId();
    JsonNode now = target.agent().call("GET_EXECUTORS");
    Expect.that(
        contains(now.path("executors"), "/executor_info/executor_id/value", id),
        "executor " + id,
        now);
    running.session().close();
    target.eventually(
        "executor " + id + " in completed_executors",
        SchedulerSession.SOON.multipliedBy(2),
        () ->
            Optional.of(target.agent().call("GET_EXECUTORS").path("completed_executors"))
                .filter(all -> contains(all, "/executor_info/executor_id/value", id)));
  }

  private static void tasks(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    String id = running.taskId();
    awaitTask(target, "launched_tasks", id);
    running.session().call("KILL", "task_id", Json.value(id), "agent_id", running.agentId());
    JsonNode status = running.session().update(id);
    while (!status.path("state").asText().equals("TASK_KILLED")) {
      running.session().acknowledge(status);
      status = running.session().update(id);
    }
    awaitTask(target, "terminated_tasks", id);
    running.session().acknowledge(status);
    awaitTask(target, "completed_tasks", id);
    String queued =
        Placement.onOffer(
                target,
                target.framework(),
                (session, offer) -> {
                  var task = Tasks.bare(offer, "queued-" + id);
                  task.set("executor", Tasks.customExecutor("executor-" + id, "sleep 1000"));
                  session.launch(offer, task);
                })
            .frameworkId();
    Expect.that(!queued.isEmpty(), "a framework id", queued);
    awaitTask(target, "queued_tasks", "queued-" + id);
  }

  private static void awaitTask(Target target, String list, String id) throws InterruptedException {
    target.eventually(
        "task " + id + " in " + list,
        SchedulerSession.SOON,
        () ->
            Optional.of(target.agent().call("GET_TASKS").path(list))
                .filter(all -> contains(all, "/task_id/value", id)));
  }

  private static void agent(Target target) {
    JsonNode info = target.agent().call("GET_AGENT").path("agent_info");
    Expect.fields(info, "agent_info", "hostname", "port", "resources", "id");
    Expect.equal(Placement.agentId(target), info.at("/id/value").asText(), "id");
  }
}

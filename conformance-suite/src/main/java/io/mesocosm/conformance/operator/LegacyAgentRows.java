package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Http;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Section 7: the legacy endpoints of the agent. */
final class LegacyAgentRows implements RowTests {
  private static final String LONG = "/slave(1)";
  private static final int BURST = 7;
  private static final Duration BURST_AT_LEAST = Duration.ofMillis(1500);

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("7/state", "/state", LegacyAgentRows::state);
    rows.test("7/health", "/health", t -> LegacyReadRows.health(t.agent(), LONG + "/health"));
    rows.test("7/flags", "/flags", LegacyAgentRows::flags);
    rows.test("7/containers", "/containers", LegacyAgentRows::containers);
    rows.test("7/containerizer/debug", "/containerizer/debug", LegacyAgentRows::debug);
    rows.test("7/monitor/statistics", "/monitor/statistics", LegacyAgentRows::statistics);
    rows.exclusive(
        "7/metrics/snapshot,version,files/*,logging/toggle,system/stats.json,help",
        "what master and agent have in common",
        LegacyAgentRows::common);
    rows.test("7/state.top", "top", LegacyAgentRows::top);
    rows.test("7/state.framework", "framework", LegacyAgentRows::framework);
    rows.test("7/state.executor", "executor", LegacyAgentRows::executor);
    rows.test("7/state.queued-task", "queued task", LegacyAgentRows::queuedTask);
  }

  private static void state(Target target) {
    OperatorCalls agent = target.agent();
    JsonNode state = agent.get("/state");
    Expect.that(!state.path("id").asText().isEmpty(), "the agent's id", state.path("id"));
    Expect.equal(state.path("id"), agent.get(LONG + "/state").path("id"), "id of the long path");
    LegacyReadRows.jsonp(agent.http(), "/state");
  }

  private static void flags(Target target) {
    JsonNode flags = target.agent().get("/flags").path("flags");
    Expect.that(flags.has("work_dir") && flags.has("master"), "work_dir and master", flags);
    Expect.that(Json.each(flags).allMatch(JsonNode::isTextual), "values that are texts", flags);
    Expect.equal(flags, target.agent().get(LONG + "/flags").path("flags"), LONG + "/flags");
  }

  private static void containers(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    String framework = running.session().frameworkId();
    JsonNode container =
        target.eventually(
            "a container with statistics",
            SchedulerSession.SOON,
            () ->
                Optional.of(only(target, "framework_id=" + framework))
                    .filter(one -> !one.path("statistics").isEmpty()));
    Expect.fields(
        container,
        "container",
        "framework_id",
        "executor_id",
        "executor_name",
        "source",
        "container_id",
        "status",
        "statistics");
    Expect.equal(running.taskId(), container.path("executor_id").asText(), "executor_id");
    Expect.fields(container.path("statistics"), "statistics", "timestamp");
    String id = container.path("container_id").asText();
    String executor = "executor_id=" + running.taskId();
    for (String query :
        List.of("container_id=" + id, "framework_id=" + framework + "&" + executor)) {
      Expect.equal(id, only(target, query).path("container_id").asText(), "container of " + query);
    }
    Http http = target.agent().http();
    for (String mix : List.of(executor, "container_id=" + id + "&framework_id=" + framework)) {
      Expect.status(400, http.get("/containers?" + mix), "GET /containers?" + mix);
    }
    rootsOnly(target, framework, id);
  }

  private static JsonNode only(Target target, String query) {
    JsonNode found = target.agent().get("/containers?" + query);
    Expect.that(found.isArray() && found.size() == 1, "one container of " + query, found);
    return found.path(0);
  }

  private static void rootsOnly(Target target, String framework, String id) {
    JsonNode parent = Json.value(id);
    JsonNode nested = Json.object("value", UUID.randomUUID().toString(), "parent", parent);
    JsonNode launch =
        Json.object("container_id", nested, "command", Json.object("value", "sleep 1000"));
    target.agent().expect(200, "LAUNCH_NESTED_CONTAINER", launch);
    only(target, "framework_id=" + framework);
    Expect.that(
        Json.each(target.agent().get("/containers"))
            .noneMatch(one -> one.path("container_id").equals(nested.path("value"))),
        "no nested container in /containers",
        nested);
  }

  private static void debug(Target target) {
    JsonNode debug = target.agent().get("/containerizer/debug");
    Expect.that(debug.path("pending").isArray(), "a list of pending operations", debug);
  }

  private static void statistics(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    JsonNode mine =
        target.eventually(
            "statistics of executor " + running.taskId(),
            SchedulerSession.SOON,
            () ->
                Json.each(target.agent().get("/monitor/statistics"))
                    .filter(one -> one.path("executor_id").asText().equals(running.taskId()))
                    .findFirst());
    Expect.fields(
        mine, "entry", "framework_id", "executor_id", "executor_name", "source", "statistics");
    JsonNode statistics = mine.path("statistics");
    Expect.fields(statistics, "statistics", "timestamp", "cpus_limit", "mem_limit_bytes");
    Expect.that(
        Math.abs(statistics.path("cpus_limit").asDouble() - 0.2) < 0.15,
        "cpus_limit of the task and its executor, 0.1 to 0.3",
        statistics);
    // Two a second: whether more are made to wait or are refused is left to the agent.
    long start = System.nanoTime();
    boolean refused = false;
    for (int i = 0; i < BURST; i++) {
      refused |= target.agent().http().get("/monitor/statistics").status() != 200;
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Expect.that(
        refused || took.compareTo(BURST_AT_LEAST) >= 0,
        BURST + " requests refused or made to wait for " + BURST_AT_LEAST,
        "all answered in " + took);
  }

  private static void common(Target target) throws InterruptedException {
    OperatorCalls agent = target.agent();
    LegacyReadRows.metrics(agent);
    LegacyReadRows.version(agent);
    LegacyReadRows.fileErrors(target, agent);
    LegacyReadRows.stats(agent);
    LegacyWriteRows.toggle(target, agent);
    LegacyReadRows.help(agent);
  }

  private static void top(Target target) {
    JsonNode state = target.agent().get("/state");
    Expect.fields(
        state,
        "/state",
        "version",
        "build_date",
        "build_time",
        "build_user",
        "start_time",
        "id",
        "pid",
        "hostname",
        "capabilities",
        "resources",
        "reserved_resources",
        "unreserved_resources",
        "reserved_resources_full",
        "unreserved_resources_full",
        "reserved_resources_allocated",
        "unreserved_resources_allocated",
        "resource_providers",
        "attributes",
        "flags",
        "frameworks",
        "completed_frameworks");
    Expect.that(
        state.path("pid").asText().startsWith("slave(1)@"), "a pid of slave(1)", state.path("pid"));
    Expect.that(
        state.path("start_time").isNumber(), "a number of seconds", state.path("start_time"));
    for (String object :
        List.of(
            "resources",
            "reserved_resources",
            "reserved_resources_full",
            "unreserved_resources",
            "reserved_resources_allocated",
            "unreserved_resources_allocated",
            "attributes",
            "flags")) {
      Expect.that(state.path(object).isObject(), object + " as an object", state.path(object));
    }
    Expect.that(
        state.path("unreserved_resources_full").isArray(),
        "unreserved_resources_full as an array",
        state.path("unreserved_resources_full"));
    Expect.that(
        Json.each(state.path("capabilities")).allMatch(JsonNode::isTextual),
        "names of capabilities",
        state.path("capabilities"));
  }

  private static JsonNode frameworkOf(Target target, SchedulerSession session) {
    return Sandbox.framework(target, session.frameworkId())
        .orElseThrow(() -> new Mismatch("framework " + session.frameworkId(), "absent"));
  }

  private static void framework(Target target) {
    SchedulerSession session = Placement.runningTask(target).session();
    JsonNode framework = frameworkOf(target, session);
    Expect.fields(
        framework,
        "framework",
        "id",
        "name",
        "user",
        "failover_timeout",
        "checkpoint",
        "hostname",
        "roles",
        "executors",
        "completed_executors");
    Expect.equal(session.framework().info().path("name"), framework.path("name"), "name");
    Expect.equal(
        session.framework().role(), framework.at("/roles/0").asText(), "first of the roles");
    SchedulerSession old =
        Placement.runningTask(target, target.framework().singleRole(), task -> task).session();
    JsonNode single = frameworkOf(target, old);
    Expect.equal(old.framework().role(), single.path("role").asText(), "role");
  }

  private static void executor(Target target) {
    RunningTask running = Placement.runningTask(target);
    JsonNode executor = executorOf(target, running.session().frameworkId(), running.taskId());
    Expect.fields(
        executor,
        "executor",
        "id",
        "name",
        "source",
        "container",
        "directory",
        "resources",
        "tasks",
        "queued_tasks",
        "completed_tasks");
    JsonNode container = AgentReadRows.container(target, running);
    Expect.equal(
        container.at("/container_id/value").asText(),
        executor.path("container").asText(),
        "container");
    Expect.equal(running.taskId(), executor.at("/tasks/0/id").asText(), "id of the task");
    JsonNode files =
        target
            .agent()
            .get("/files/browse?path=" + Sandbox.query(executor.path("directory").asText()));
    Expect.that(files.isArray(), "the directory in /files/browse", files);
  }

  private static JsonNode executorOf(Target target, String framework, String executor) {
    return Sandbox.find(target, framework, executor)
        .orElseThrow(() -> new Mismatch("executor " + executor + " in /state", "absent"));
  }

  private static void queuedTask(Target target) throws InterruptedException {
    String id = "task-" + target.unique();
    SchedulerSession session =
        Placement.onOffer(
            target,
            target.framework(),
            (fresh, offer) -> {
              var task = Tasks.bare(offer, id);
              task.set("executor", Tasks.customExecutor("executor-" + id, "sleep 1000"));
              fresh.launch(offer, task);
            });
    JsonNode queued =
        target.eventually(
            "task " + id + " in queued_tasks",
            SchedulerSession.SOON,
            () ->
                Sandbox.find(target, session.frameworkId(), "executor-" + id)
                    .map(executor -> executor.at("/queued_tasks/0"))
                    .filter(task -> task.path("id").asText().equals(id)));
    Expect.fields(queued, "queued task", "id", "name", "slave_id", "resources", "role");
    Expect.equal(Placement.agentId(target), queued.path("slave_id").asText(), "slave_id");
    Expect.equal(session.framework().role(), queued.path("role").asText(), "role");
    Expect.equal(
        Optional.of(0.1),
        Optional.of(queued.at("/resources/cpus").asDouble()),
        "cpus of the resources object");
  }
}

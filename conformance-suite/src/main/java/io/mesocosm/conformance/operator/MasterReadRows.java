package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import io.mesocosm.conformance.scheduler.Tasks;
import java.util.List;
import java.util.Optional;

/** Section 2: the master's calls that only read. */
final class MasterReadRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("2/GET_HEALTH", "GET_HEALTH", target -> health(target.master()));
    rows.test("2/GET_FLAGS", "GET_FLAGS", target -> flags(target.master(), "work_dir"));
    rows.test("2/GET_VERSION", "GET_VERSION", target -> version(target.master()));
    rows.test("2/GET_METRICS", "GET_METRICS", t -> metrics(t.master(), "master/elected"));
    rows.test("2/GET_LOGGING_LEVEL", "GET_LOGGING_LEVEL", target -> level(target.master()));
    rows.exclusive("2/SET_LOGGING_LEVEL", "SET_LOGGING_LEVEL", t -> setLevel(t, t.master()));
    rows.test("2/LIST_FILES", "LIST_FILES", MasterReadRows::listFiles);
    rows.test("2/READ_FILE", "READ_FILE", MasterReadRows::readFile);
    rows.test("2/GET_STATE", "GET_STATE", MasterReadRows::state);
    rows.test("2/GET_AGENTS", "GET_AGENTS", MasterReadRows::agents);
    rows.test("2/GET_FRAMEWORKS", "GET_FRAMEWORKS", MasterReadRows::frameworks);
    rows.test("2/GET_EXECUTORS", "GET_EXECUTORS", MasterReadRows::executors);
    rows.test("2/GET_TASKS", "GET_TASKS", MasterReadRows::tasks);
    rows.withOffers("2/GET_OPERATIONS", "GET_OPERATIONS", t -> operations(t, t.master()));
    rows.test("2/GET_ROLES", "GET_ROLES", MasterReadRows::roles);
    rows.exclusive("2/GET_WEIGHTS", "GET_WEIGHTS", MasterReadRows::weights);
    rows.test("2/GET_MASTER", "GET_MASTER", MasterReadRows::master);
    rows.test("2/SUBSCRIBE", "SUBSCRIBE", MasterReadRows::subscribe);
  }

  static void health(OperatorCalls program) {
    Expect.equal(true, program.call("GET_HEALTH").path("healthy").asBoolean(), "healthy");
  }

  static void flags(OperatorCalls program, String known) {
    JsonNode flags = program.call("GET_FLAGS").path("flags");
    Expect.that(
        Json.each(flags).allMatch(flag -> flag.path("name").isTextual()),
        "flags with names",
        flags);
    Expect.that(
        Json.each(flags)
            .anyMatch(
                flag -> flag.path("name").asText().equals(known) && flag.path("value").isTextual()),
        "flag " + known + " with its value",
        flags);
  }

  static void version(OperatorCalls program) {
    JsonNode info = program.call("GET_VERSION").path("version_info");
    Expect.fields(info, "version_info", "version");
    Expect.that(!info.path("version").asText().isEmpty(), "a version", info);
  }

  static void metrics(OperatorCalls program, String known) {
    JsonNode body = Json.object("timeout", Json.object("nanoseconds", 5_000_000_000L));
    for (JsonNode request : List.of(body, Json.object())) {
      JsonNode metrics = program.call("GET_METRICS", request).path("metrics");
      Expect.that(
          Json.each(metrics)
              .anyMatch(
                  one -> one.path("name").asText().equals(known) && one.path("value").isNumber()),
          "metric " + known,
          metrics);
    }
    Expect.status(400, program.send("GET_METRICS"), "GET_METRICS without get_metrics");
  }

  static void level(OperatorCalls program) {
    JsonNode level = program.call("GET_LOGGING_LEVEL").path("level");
    Expect.that(level.isIntegralNumber() && level.asInt() >= 0, "a level of 0 or more", level);
  }

  static void setLevel(Target target, OperatorCalls program) throws InterruptedException {
    int original = program.call("GET_LOGGING_LEVEL").path("level").asInt();
    int other = original == 3 ? 3 : original + 1;
    program.expect(200, "SET_LOGGING_LEVEL", levelFor(other, 1_500));
    Expect.equal(other, program.call("GET_LOGGING_LEVEL").path("level").asInt(), "level");
    target.eventually(
        "level " + original + " after the duration",
        SchedulerSession.SOON,
        () ->
            Optional.of(program.call("GET_LOGGING_LEVEL").path("level").asInt())
                .filter(level -> level == original));
    program.expect(400, "SET_LOGGING_LEVEL", levelFor(4, 1_000));
    if (original > 0) {
      program.expect(400, "SET_LOGGING_LEVEL", levelFor(original - 1, 1_000));
    }
  }

  private static JsonNode levelFor(int level, long millis) {
    return Json.object("level", level, "duration", Json.object("nanoseconds", millis * 1_000_000));
  }

  private static void listFiles(Target target) {
    OperatorCalls master = target.master();
    master.expect(404, "LIST_FILES", Json.object("path", "/none-" + target.unique()));
    for (String root : Json.fieldNames(master.get("/files/debug"))) {
      JsonNode infos = master.call("LIST_FILES", Json.object("path", root)).path("file_infos");
      Json.each(infos).forEach(MasterReadRows::expectFileInfo);
    }
  }

  /** The fields of a FileInfo. */
  static void expectFileInfo(JsonNode info) {
    Expect.fields(info, "file_info", "path", "nlink", "size", "mtime", "mode", "uid", "gid");
    Expect.that(info.at("/mtime/nanoseconds").isNumber(), "mtime in nanoseconds", info);
    Expect.that(info.path("mode").isNumber(), "mode as a number", info);
  }

  private static void readFile(Target target) {
    OperatorCalls master = target.master();
    String absent = "/none-" + target.unique();
    master.expect(404, "READ_FILE", Json.object("path", absent, "offset", 0));
    Expect.status(400, master.send("READ_FILE"), "READ_FILE without read_file");
    if (master.get("/files/debug").has("/master/log")) {
      JsonNode part =
          master.call("READ_FILE", Json.object("path", "/master/log", "offset", 0, "length", 10));
      Expect.that(part.path("size").asLong() > 0, "the size of the log", part);
      Expect.fields(part, "read_file", "data");
    }
  }

  private static void state(Target target) {
    RunningTask running = target.runningTask();
    JsonNode state = target.master().call("GET_STATE");
    Expect.fields(state, "get_state", "get_tasks", "get_executors", "get_frameworks", "get_agents");
    Expect.that(
        Json.each(state.at("/get_tasks/tasks"))
            .anyMatch(task -> task.at("/task_id/value").asText().equals(running.taskId())),
        "task " + running.taskId() + " in get_tasks",
        state.path("get_tasks"));
    String framework = running.session().frameworkId();
    Expect.that(
        Json.each(state.at("/get_frameworks/frameworks"))
            .anyMatch(one -> one.at("/framework_info/id/value").asText().equals(framework)),
        "framework " + framework + " in get_frameworks",
        state.path("get_frameworks"));
    Expect.that(!state.at("/get_agents/agents").isEmpty(), "agents", state.path("get_agents"));
  }

  private static void agents(Target target) {
    JsonNode agents = target.master().call("GET_AGENTS");
    String id = Placement.agentId(target);
    Expect.that(
        Json.each(agents.path("agents"))
            .anyMatch(agent -> agent.at("/agent_info/id/value").asText().equals(id)),
        "agent " + id,
        agents);
  }

  private static void frameworks(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribeQuietly();
    String id = session.frameworkId();
    Expect.that(
        target.cluster().framework(id).isPresent(), "framework " + id + " in frameworks", "absent");
    session.close();
    target.eventually(
        "framework " + id + " in completed_frameworks",
        SchedulerSession.SOON,
        () -> target.cluster().completedFramework(id));
    Expect.equal(Optional.empty(), target.cluster().framework(id), "frameworks");
  }

  private static void executors(Target target) throws InterruptedException {
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "sleep 1000");
    JsonNode executor =
        target.eventually(
            "executor " + launched.executorId() + " in GET_EXECUTORS",
            SchedulerSession.SOON,
            () ->
                Json.each(target.master().call("GET_EXECUTORS").path("executors"))
                    .filter(one ->
                        one.at("/executor_info/executor_id/value")
                            .asText()
                            .equals(launched.executorId()))
                    .findFirst());
    Expect.equal(launched.agentId(), executor.get("agent_id"), "agent_id");
    Expect.equal(
        launched.session().frameworkId(),
        executor.at("/executor_info/framework_id/value").asText(),
        "framework_id");
  }

  private static void tasks(Target target) throws InterruptedException {
    RunningTask running = target.runningTask();
    String id = running.taskId();
    JsonNode task =
        target.cluster().task("tasks", id).orElseThrow(() -> new Mismatch("task " + id, "absent"));
    Expect.equal("TASK_RUNNING", task.path("state").asText(), "state");
    running.session().call("KILL", "task_id", Json.value(id), "agent_id", running.agentId());
    running.session().awaitState(id, "TASK_KILLED");
    target.eventually(
        "task " + id + " in completed_tasks",
        SchedulerSession.SOON,
        () -> target.cluster().task("completed_tasks", id));
    JsonNode all = target.master().call("GET_TASKS");
    Expect.that(
        all.path("pending_tasks").isEmpty() && all.path("orphan_tasks").isEmpty(),
        "no pending_tasks, no orphan_tasks",
        Json.fieldNames(all));
  }

  /** An operation is shown until its framework acknowledges the last status. */
  static void operations(Target target, OperatorCalls program) throws InterruptedException {
    String id = "op-" + target.unique();
    SchedulerSession session =
        Placement.onOffer(
            target,
            target.framework(),
            (fresh, offer) -> {
              JsonNode reserved =
                  Resource.reserved(
                      Resource.scalar("cpus", 0.1), fresh.framework().role(), target.principal());
              ObjectNode reserve =
                  Operations.of("RESERVE", Json.object("resources", Json.array(reserved)));
              reserve.set("id", Json.value(id));
              fresh.accept(offer, 3600, reserve);
            });
    target.closing(() -> Operations.clean(target, session));
    JsonNode status = Operations.status(session, id);
    Expect.equal("OPERATION_FINISHED", status.path("state").asText(), "state");
    JsonNode shown =
        operation(program, id).orElseThrow(() -> new Mismatch("operation " + id, "absent"));
    Expect.equal(
        session.frameworkId(), shown.at("/framework_id/value").asText(), "framework of " + id);
    Expect.equal("OPERATION_FINISHED", shown.at("/latest_status/state").asText(), "state of " + id);
    Operations.acknowledge(session, status);
    target.eventually(
        "no operation " + id + " once its status is acknowledged",
        SchedulerSession.SOON,
        () -> Optional.of(id).filter(one -> operation(program, one).isEmpty()));
  }

  private static Optional<JsonNode> operation(OperatorCalls program, String id) {
    return Json.each(program.call("GET_OPERATIONS").path("operations"))
        .filter(one -> one.at("/info/id/value").asText().equals(id))
        .findFirst();
  }

  private static void roles(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode role =
        Json.each(target.master().call("GET_ROLES").path("roles"))
            .filter(one -> one.path("name").asText().equals(session.framework().role()))
            .findFirst()
            .orElseThrow(() -> new Mismatch("role " + session.framework().role(), "absent"));
    Expect.equal(1.0, role.path("weight").asDouble(), "weight");
    Expect.that(
        Json.each(role.path("frameworks"))
            .anyMatch(id -> id.path("value").asText().equals(session.frameworkId())),
        "framework " + session.frameworkId() + " of the role",
        role);
  }

  private static void weights(Target target) {
    String role = target.unique();
    Weights.set(target, role, 2.5);
    JsonNode info =
        Json.each(target.master().call("GET_WEIGHTS").path("weight_infos"))
            .filter(one -> one.path("role").asText().equals(role))
            .findFirst()
            .orElseThrow(() -> new Mismatch("a weight of role " + role, "none"));
    Expect.equal(2.5, info.path("weight").asDouble(), "weight");
  }

  private static void master(Target target) {
    JsonNode master = target.master().call("GET_MASTER");
    Expect.fields(master, "get_master", "master_info", "start_time", "elected_time");
    Expect.fields(master.path("master_info"), "master_info", "id", "ip", "port", "hostname");
    Expect.that(
        master.path("start_time").asDouble() <= master.path("elected_time").asDouble(),
        "a start before the election",
        master);
  }

  private static void subscribe(Target target) {
    JsonNode first = Watch.open(target).await("SUBSCRIBED", SchedulerSession.SOON);
    Expect.that(first.at("/subscribed/get_state").isObject(), "the state", first);
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Tasks;
import java.util.List;

/** Section 6: the fields of the master's /state. */
final class StateRows implements RowTests {
  static final List<String> AGENT =
      List.of(
          "id",
          "hostname",
          "port",
          "attributes",
          "pid",
          "registered_time",
          "resources",
          "used_resources",
          "offered_resources",
          "reserved_resources",
          "unreserved_resources",
          "active",
          "deactivated",
          "version",
          "capabilities");

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("6/top", "top", StateRows::top);
    rows.test("6/slave", "slave", StateRows::agent);
    rows.test("6/slave-in-slaves-adds", "slave in /slaves adds", StateRows::agentInSlaves);
    rows.notObservable(
        "6/recovered_slave", "recovered_slave", "needs a master that has just taken over");
    rows.test("6/framework", "framework", StateRows::framework);
    rows.test("6/task", "task", StateRows::task);
    rows.test("6/status", "status", StateRows::status);
    rows.test("6/discovery", "discovery", StateRows::discovery);
    rows.test("6/container", "container", StateRows::container);
    rows.test("6/executor", "executor", StateRows::executor);
    rows.withOffers("6/offer", "offer", StateRows::offer);
    rows.test("6/resources-object", "resources object", StateRows::resources);
    rows.test("6/attributes-object", "attributes object", StateRows::attributes);
  }

  private static void top(Target target) {
    JsonNode state = target.master().get("/state");
    Expect.fields(
        state,
        "/state",
        "version",
        "build_date",
        "build_time",
        "build_user",
        "start_time",
        "elected_time",
        "id",
        "pid",
        "hostname",
        "capabilities",
        "activated_slaves",
        "deactivated_slaves",
        "unreachable_slaves",
        "leader",
        "leader_info",
        "flags",
        "slaves",
        "recovered_slaves",
        "frameworks",
        "completed_frameworks",
        "orphan_tasks",
        "unregistered_frameworks");
    String pid = state.path("pid").asText();
    Expect.that(pid.matches("master@[0-9.:\\[\\]a-f]+:\\d+"), "a pid master@ip:port", pid);
    Expect.equal(pid, state.path("leader").asText(), "leader");
    Expect.fields(state.path("leader_info"), "leader_info", "id", "pid", "port", "hostname");
    Expect.that(
        state.path("orphan_tasks").isEmpty() && state.path("unregistered_frameworks").isEmpty(),
        "empty orphan_tasks and unregistered_frameworks",
        state.path("orphan_tasks"));
    Expect.that(
        Json.each(state.path("capabilities")).allMatch(JsonNode::isTextual),
        "names of capabilities",
        state.path("capabilities"));
  }

  /** An entry of {@code slaves} for the agent under test. */
  static JsonNode agentOf(Target target, String path) {
    String id = Placement.agentId(target);
    return Json.each(target.master().get(path).path("slaves"))
        .filter(one -> one.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new Mismatch("agent " + id + " in " + path, "absent"));
  }

  private static void agent(Target target) {
    JsonNode agent = agentOf(target, "/state");
    Expect.fields(agent, "agent", AGENT);
    Expect.that(agent.path("pid").asText().startsWith("slave(1)@"), "a pid of slave(1)", agent);
    Expect.that(agent.path("registered_time").isNumber(), "a number of seconds", agent);
    Expect.that(
        Json.each(agent.path("capabilities")).allMatch(JsonNode::isTextual),
        "names of capabilities",
        agent);
  }

  private static void agentInSlaves(Target target) {
    JsonNode agent = agentOf(target, "/slaves");
    Expect.fields(agent, "agent", AGENT);
    Expect.that(
        agent.path("reserved_resources_full").isObject(), "roles and their resources", agent);
    for (String list :
        List.of("unreserved_resources_full", "used_resources_full", "offered_resources_full")) {
      Expect.that(agent.path(list).isArray(), list + " as an array", agent.path(list));
    }
    JsonNode resource = agent.at("/unreserved_resources_full/0");
    Expect.fields(resource, "resource", "name", "type");
  }

  /** The framework in the master's /state. */
  static JsonNode frameworkOf(Target target, String path, SchedulerSession session) {
    return Json.each(target.master().get(path).path("frameworks"))
        .filter(one -> one.path("id").asText().equals(session.frameworkId()))
        .findFirst()
        .orElseThrow(
            () -> new Mismatch("framework " + session.frameworkId() + " in " + path, "absent"));
  }

  private static void framework(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode framework = frameworkOf(target, "/state", session);
    Expect.fields(
        framework,
        "framework",
        "id",
        "name",
        "used_resources",
        "offered_resources",
        "capabilities",
        "hostname",
        "webui_url",
        "active",
        "connected",
        "recovered",
        "user",
        "failover_timeout",
        "checkpoint",
        "registered_time",
        "unregistered_time",
        "resources",
        "roles",
        "tasks",
        "unreachable_tasks",
        "completed_tasks",
        "offers",
        "executors",
        "offer_constraints");
    Expect.that(!framework.has("role"), "no role beside roles", framework.path("role"));
    Expect.that(!framework.has("pid"), "no pid of a framework on HTTP", framework.path("pid"));
    SchedulerSession old = target.subscribe(target.framework().singleRole().suppressed());
    JsonNode single = frameworkOf(target, "/state", old);
    Expect.that(single.has("role") && !single.has("roles"), "role and no roles", single);
  }

  private static JsonNode taskOf(Target target, RunningTask running) {
    return Json.each(frameworkOf(target, "/state", running.session()).path("tasks"))
        .filter(one -> one.path("id").asText().equals(running.taskId()))
        .findFirst()
        .orElseThrow(() -> new Mismatch("task " + running.taskId(), "absent"));
  }

  private static RunningTask run(Target target, String field, JsonNode value) {
    return target.runningTask(
        target.framework(),
        task -> {
          task.set(field, value);
          return task;
        });
  }

  private static void task(Target target) {
    JsonNode labels = Json.array(Json.object("key", "k", "value", "v"));
    RunningTask running = run(target, "labels", Json.object("labels", labels));
    JsonNode task = taskOf(target, running);
    Expect.fields(
        task,
        "task",
        "id",
        "name",
        "framework_id",
        "executor_id",
        "slave_id",
        "state",
        "resources",
        "role",
        "statuses",
        "labels");
    Expect.equal("", task.path("executor_id").asText(), "executor_id of a command task");
    Expect.equal(labels, task.path("labels"), "labels");
    Expect.equal(running.session().framework().role(), task.path("role").asText(), "role");
  }

  private static void status(Target target) {
    JsonNode statuses = taskOf(target, target.runningTask()).path("statuses");
    for (JsonNode status : statuses) {
      Expect.fields(status, "status", "state", "timestamp");
      Expect.that(status.path("timestamp").isNumber(), "a timestamp in seconds", status);
    }
    JsonNode running =
        Json.each(statuses)
            .filter(one -> one.path("state").asText().equals("TASK_RUNNING"))
            .findFirst()
            .orElseThrow(() -> new Mismatch("status TASK_RUNNING", statuses.toString()));
    JsonNode address = running.at("/container_status/network_infos/0/ip_addresses/0/ip_address");
    Expect.that(address.isTextual(), "the ip_address of the container", running);
  }

  private static void discovery(Target target) {
    JsonNode ports =
        Json.object(
            "ports", Json.array(Json.object("number", 80, "name", "web", "protocol", "tcp")));
    ObjectNode discovery =
        Json.object(
            "visibility", "FRAMEWORK",
            "name", "n",
            "environment", "e",
            "location", "l",
            "version", "v",
            "ports", ports,
            "labels", Json.object("labels", Json.array(Json.object("key", "k", "value", "v"))));
    RunningTask running = run(target, "discovery", discovery);
    Expect.equal(discovery, taskOf(target, running).path("discovery"), "discovery");
  }

  private static void container(Target target) {
    JsonNode info = Json.object("type", "MESOS");
    RunningTask running = run(target, "container", info);
    JsonNode container = taskOf(target, running).path("container");
    Expect.equal("MESOS", container.path("type").asText(), "type");
  }

  private static void executor(Target target) throws InterruptedException {
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "sleep 1000");
    JsonNode executor =
        target.eventually(
            "executor " + launched.executorId() + " in /state",
            SchedulerSession.SOON,
            () ->
                Json.each(frameworkOf(target, "/state", launched.session()).path("executors"))
                    .filter(one -> one.path("executor_id").asText().equals(launched.executorId()))
                    .findFirst());
    Expect.fields(
        executor,
        "executor",
        "executor_id",
        "name",
        "framework_id",
        "command",
        "resources",
        "slave_id");
    Expect.equal("sleep 1000", executor.at("/command/value").asText(), "command");
    Expect.fields(executor.path("command"), "command", "argv", "uris");
  }

  private static void offer(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode held = session.offer();
    JsonNode offer =
        Json.each(frameworkOf(target, "/state", session).path("offers"))
            .filter(one -> one.path("id").asText().equals(held.at("/id/value").asText()))
            .findFirst()
            .orElseThrow(() -> new Mismatch("offer " + held.path("id"), "absent"));
    Expect.fields(offer, "offer", "id", "framework_id", "allocation_info", "slave_id", "resources");
    Expect.equal(session.framework().role(), offer.at("/allocation_info/role").asText(), "role");
    Expect.that(offer.path("resources").isObject(), "a resources object", offer);
  }

  private static void resources(Target target) {
    RunningTask running =
        target.runningTask(
            target.framework(),
            task -> {
              task.set(
                  "resources",
                  Json.array(Resource.scalar("cpus", 0.125), Resource.scalar("mem", 32)));
              return task;
            });
    JsonNode resources = taskOf(target, running).path("resources");
    for (String name : List.of("cpus", "gpus", "mem", "disk")) {
      Expect.that(resources.path(name).isNumber(), name + " as a number", resources);
    }
    Expect.equal(0.125, resources.path("cpus").asDouble(), "cpus");
    Expect.equal(0.0, resources.path("disk").asDouble(), "disk");
    JsonNode ports = agentOf(target, "/state").at("/resources/ports");
    if (!ports.isMissingNode()) {
      Expect.that(ports.asText().matches("\\[\\d+-\\d+(, \\d+-\\d+)*\\]"), "ranges as text", ports);
    }
  }

  private static void attributes(Target target) {
    JsonNode all = target.master().get("/state").path("slaves");
    List<JsonNode> values =
        Json.each(all).flatMap(one -> Json.each(one.path("attributes"))).toList();
    Expect.that(Json.each(all).allMatch(one -> one.path("attributes").isObject()), "objects", all);
    if (values.isEmpty()) {
      throw new NotObservable("no agent has attributes");
    }
    Expect.that(
        values.stream().allMatch(one -> one.isNumber() || one.isTextual()),
        "numbers and texts",
        values);
  }
}

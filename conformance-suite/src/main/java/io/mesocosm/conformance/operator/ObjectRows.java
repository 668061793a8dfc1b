package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.Optional;
import java.util.stream.Stream;

/** Section 2: the objects in the master's answers. */
final class ObjectRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("2/object.Agent", "Agent", ObjectRows::agent);
    rows.withOffers("2/object.Framework", "Framework", ObjectRows::framework);
    rows.test("2/object.Task", "Task", ObjectRows::task);
    rows.withOffers(
        "2/object.resource-format-in-responses",
        "Resource format in responses",
        ObjectRows::resourceFormat);
  }

  private static void agent(Target target) {
    RunningTask running = target.runningTask();
    JsonNode agent = target.cluster().agent(running.agentId().path("value").asText());
    Expect.fields(
        agent,
        "agent",
        "agent_info",
        "active",
        "deactivated",
        "version",
        "pid",
        "registered_time",
        "total_resources",
        "allocated_resources",
        "capabilities");
    Expect.that(agent.at("/registered_time/nanoseconds").isNumber(), "nanoseconds", agent);
    Expect.equal(true, agent.path("active").asBoolean(), "active");
    Expect.equal(false, agent.path("deactivated").asBoolean(), "deactivated");
    Expect.that(agent.path("pid").asText().startsWith("slave(1)@"), "a pid of slave(1)", agent);
    Expect.that(
        Json.each(agent.path("capabilities"))
            .anyMatch(one -> one.path("type").asText().equals("MULTI_ROLE")),
        "capability MULTI_ROLE",
        agent.path("capabilities"));
    Expect.fields(agent.path("agent_info"), "agent_info", "id", "hostname", "port", "resources");
  }

  private static void framework(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    JsonNode framework =
        target
            .cluster()
            .framework(session.frameworkId())
            .orElseThrow(() -> new Mismatch("the framework", "absent"));
    Expect.fields(
        framework,
        "framework",
        "framework_info",
        "active",
        "connected",
        "recovered",
        "registered_time",
        "offers",
        "offered_resources");
    Expect.that(
        Json.each(framework.path("offers"))
            .anyMatch(one -> one.path("id").equals(offer.path("id"))),
        "offer " + offer.path("id"),
        framework.path("offers"));
    session.launch(offer, SchedulerSession.task(offer, "task", "sleep 1000"));
    session.awaitState("task", "TASK_RUNNING", SchedulerSession.SOON.multipliedBy(2));
    Expect.fields(
        target.cluster().framework(session.frameworkId()).orElseThrow(),
        "framework with a task",
        "allocated_resources");
  }

  private static void task(Target target) {
    JsonNode labels = Json.object("labels", Json.array(Json.object("key", "k", "value", "v")));
    JsonNode discovery = Json.object("visibility", "CLUSTER", "name", "d");
    JsonNode killPolicy = Json.object("grace_period", Json.object("nanoseconds", 2_000_000_000L));
    RunningTask running =
        target.runningTask(
            target.framework(),
            task -> {
              task.set("labels", labels);
              task.set("discovery", discovery);
              task.set("kill_policy", killPolicy);
              return task;
            });
    JsonNode task =
        target
            .cluster()
            .task("tasks", running.taskId())
            .orElseThrow(() -> new Mismatch("the task", "absent"));
    Expect.fields(
        task,
        "task",
        "name",
        "task_id",
        "framework_id",
        "agent_id",
        "state",
        "resources",
        "statuses",
        "status_update_state",
        "status_update_uuid");
    Expect.equal(labels, task.path("labels"), "labels");
    Expect.equal(discovery, task.path("discovery"), "discovery");
    Expect.equal(killPolicy, task.path("kill_policy"), "kill_policy");
    Expect.equal("TASK_RUNNING", task.path("status_update_state").asText(), "latest state");
  }

  private static void resourceFormat(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    holdings.reserve(Resource.scalar("cpus", 0.1));
    holdings.await("0.1 cpus reserved", "cpus", 0.1);
    JsonNode reserved = holdings.resources().getFirst();
    Expect.equal(
        holdings.role(), reserved.at("/reservations/0/role").asText(), "role in reservations");
    Expect.equal("DYNAMIC", reserved.at("/reservations/0/type").asText(), "type of reservation");
    Expect.equal(holdings.role(), reserved.path("role").asText(), "legacy role");
    Expect.that(reserved.has("reservation"), "the legacy reservation", reserved);
    ObjectNode nested = Resource.reserved(reservedOnce(holdings), holdings.role() + "/x", "");
    if (!target.principal().isEmpty()) {
      ((ObjectNode) nested.at("/reservations/1")).put("principal", target.principal());
    }
    holdings.expect(202, "RESERVE_RESOURCES", "resources", nested);
    target.closing(() ->
        target
            .master()
            .send(
                "UNRESERVE_RESOURCES",
                Json.object("agent_id", holdings.agentId(), "resources", Json.array(nested))));
    JsonNode refined =
        target.eventually(
            "a refined reservation",
            SchedulerSession.SOON,
            () ->
                Optional.of(
                        holdings.resources().stream()
                            .filter(one -> one.path("reservations").size() == 2))
                    .flatMap(Stream::findFirst));
    Expect.that(!refined.has("reservation"), "no legacy form of a refined reservation", refined);
  }

  private static ObjectNode reservedOnce(Holdings holdings) {
    return holdings.reserved(Resource.scalar("cpus", 0.1));
  }
}

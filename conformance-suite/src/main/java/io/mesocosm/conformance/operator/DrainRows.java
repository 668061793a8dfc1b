package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.List;

/**
 * Section 10: what maintenance and draining mean. No test takes an agent away for good: what it
 * does to a machine with agents, or with mark_gone, nobody could undo.
 */
final class DrainRows implements RowTests {
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final String STUBBORN = "trap '' TERM; while :; do sleep 1; done";

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("10/M1", "schedules that are refused", DrainRows::schedules);
    rows.exclusive("10/M2", "machine/down, of a machine without agents", DrainRows::down);
    rows.exclusive("10/M3", "machine/up", DrainRows::up);
    rows.exclusive("10/M4", "modes in turn", DrainRows::modes);
    rows.exclusive("10/D1", "DRAIN_AGENT, without mark_gone", DrainRows::drain);
    rows.notObservable(
        "10/D2",
        "tasks that reach a draining agent",
        "the master takes the offers back first, so that only a race brings a task there");
    rows.exclusive("10/D3", "deactivated until REACTIVATE_AGENT", DrainRows::deactivated);
  }

  private static ObjectNode lasting(ObjectNode window, long nanoseconds) {
    ObjectNode changed = window.deepCopy();
    ((ObjectNode) changed.path("unavailability"))
        .set("duration", Json.object("nanoseconds", nanoseconds));
    return changed;
  }

  private static void schedules(Target target) {
    Machines machines = Machines.of(target);
    OperatorCalls master = target.master();
    JsonNode one = machines.machine();
    JsonNode other = Json.object("hostname", target.unique() + ".invalid");
    for (ObjectNode window :
        List.of(
            Machines.window(),
            Machines.window(Json.object()),
            Machines.window(Json.object("ip", "fe80::1")),
            Machines.window(Json.object("ip", "no-address")),
            Machines.window(one, one),
            lasting(Machines.window(one), -1))) {
      master.expect(400, "UPDATE_MAINTENANCE_SCHEDULE", Machines.body(window));
    }
    JsonNode twice = Machines.body(Machines.window(one), Machines.window(other, one));
    master.expect(400, "UPDATE_MAINTENANCE_SCHEDULE", twice);
    Expect.equal("UP", machines.mode(), "mode");
    JsonNode byAddress = Machines.window(Json.object("ip", "192.0.2.1"));
    master.expect(
        200,
        "UPDATE_MAINTENANCE_SCHEDULE",
        Machines.body(byAddress, lasting(Machines.window(one), 0)));
    machines.start(200);
    master.expect(400, "UPDATE_MAINTENANCE_SCHEDULE", Machines.body());
    master.expect(400, "UPDATE_MAINTENANCE_SCHEDULE", Machines.body(Machines.window(other)));
    master.expect(
        200,
        "UPDATE_MAINTENANCE_SCHEDULE",
        Machines.body(Machines.window(one), Machines.window(other)));
    Expect.equal("DOWN", machines.mode(), "mode");
  }

  private static void down(Target target) {
    Machines machines = Machines.of(target);
    machines.start(400);
    Expect.equal("UP", machines.mode(), "mode");
    machines.schedule();
    machines.start(200);
    Expect.equal("DOWN", machines.mode(), "mode");
    machines.start(400);
  }

  private static void up(Target target) {
    Machines machines = Machines.of(target);
    machines.stop(400);
    machines.schedule();
    machines.stop(400);
    Expect.equal("DRAINING", machines.mode(), "mode after a refused machine/up");
    machines.start(200);
    machines.stop(200);
    Expect.equal("UP", machines.mode(), "mode");
    JsonNode schedule = target.master().call("GET_MAINTENANCE_SCHEDULE").path("schedule");
    Expect.that(
        !schedule.toString().contains(machines.machine().path("hostname").asText()),
        "no such machine in the schedule",
        schedule);
  }

  private static void modes(Target target) {
    Machines machines = Machines.of(target);
    for (int round = 0; round < 2; round++) {
      Expect.equal("UP", machines.mode(), "mode");
      machines.schedule();
      Expect.equal("DRAINING", machines.mode(), "mode once scheduled");
      machines.start(200);
      Expect.equal("DOWN", machines.mode(), "mode after machine/down");
      machines.stop(200);
    }
    machines.schedule();
    target.master().expect(200, "UPDATE_MAINTENANCE_SCHEDULE", Machines.body());
    Expect.equal("UP", machines.mode(), "mode once unscheduled");
  }

  private static void drain(Target target) throws InterruptedException {
    String agent = Placement.agentId(target);
    RunningTask first = stubborn(target, Duration.ofMinutes(10));
    OfferHolder holder = OfferHolder.of(target, target.framework());
    drain(target, "1s");
    holder.awaitRescind(agent);
    JsonNode drained = target.cluster().agent(agent);
    Expect.equal(true, drained.path("deactivated").asBoolean(), "deactivated");
    Expect.equal("DRAINING", drained.at("/drain_info/state").asText(), "state");
    Expect.that(drained.has("estimated_drain_start_time"), "when it began", drained);
    JsonNode config = target.agent().call("GET_AGENT").path("drain_config");
    Expect.that(!config.isMissingNode(), "drain_config of the agent", config);
    JsonNode last = unacknowledged(first);
    holder.expectNoOffer(agent, A_WHILE);
    Expect.equal(
        "DRAINING",
        target.cluster().agent(agent).at("/drain_info/state").asText(),
        "state before the last status is acknowledged");
    first.session().acknowledge(last);
    MasterMaintenanceRows.awaitDrainState(target, "DRAINED");
    holder.session().close();
    MasterMaintenanceRows.reactivateSoon(target);

    RunningTask second = stubborn(target, Duration.ofSeconds(1));
    drain(target, "3600s");
    second.session().acknowledge(unacknowledged(second));
    MasterMaintenanceRows.awaitDrainState(target, "DRAINED");
  }

  /** A task on the agent under test that only SIGKILL ends. */
  private static RunningTask stubborn(Target target, Duration grace) {
    return Placement.runningTask(
        target,
        target.framework(),
        task -> {
          task.set("command", Json.object("value", STUBBORN));
          JsonNode period = Json.object("nanoseconds", grace.toNanos());
          task.set("kill_policy", Json.object("grace_period", period));
          return task;
        });
  }

  private static void drain(Target target, String period) {
    target.closing(() -> MasterMaintenanceRows.reactivateSoon(target));
    ObjectNode body = Json.object("agent_id", Placement.agentIdValue(target));
    target.master().expect(200, "DRAIN_AGENT", body.put("max_grace_period", period));
  }

  /** The status TASK_KILLED, of which the agent does not know that it came. */
  private static JsonNode unacknowledged(RunningTask task) {
    while (true) {
      JsonNode status = task.session().update(task.taskId());
      if (!status.path("state").asText().equals("TASK_KILLING")) {
        Expect.equal("TASK_KILLED", status.path("state").asText(), "state of the task");
        return status;
      }
      task.session().acknowledge(status);
    }
  }

  private static void deactivated(Target target) {
    OperatorCalls master = target.master();
    String agent = Placement.agentId(target);
    ObjectNode body = Json.object("agent_id", Json.value(agent));
    OfferHolder holder = OfferHolder.of(target, target.framework());
    target.closing(() -> master.send("REACTIVATE_AGENT", body));
    master.expect(200, "DEACTIVATE_AGENT", body);
    holder.awaitRescind(agent);
    holder.expectNoOffer(agent, A_WHILE);
    Expect.equal(
        true, target.cluster().agent(agent).path("deactivated").asBoolean(), "deactivated");
    master.expect(200, "REACTIVATE_AGENT", body);
    holder.awaitOffer(agent);
    Expect.equal(
        false, target.cluster().agent(agent).path("deactivated").asBoolean(), "deactivated");
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.Optional;

/**
 * Section 2: maintenance of a machine that has no agent, and agents deactivated, drained and gone.
 */
final class MasterMaintenanceRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive(
        "2/GET_MAINTENANCE_STATUS", "GET_MAINTENANCE_STATUS", MasterMaintenanceRows::status);
    rows.exclusive(
        "2/GET_MAINTENANCE_SCHEDULE", "GET_MAINTENANCE_SCHEDULE", MasterMaintenanceRows::schedule);
    rows.exclusive(
        "2/UPDATE_MAINTENANCE_SCHEDULE",
        "UPDATE_MAINTENANCE_SCHEDULE",
        MasterMaintenanceRows::schedule);
    rows.exclusive("2/START_MAINTENANCE", "START_MAINTENANCE", MasterMaintenanceRows::start);
    rows.exclusive("2/STOP_MAINTENANCE", "STOP_MAINTENANCE", MasterMaintenanceRows::stop);
    rows.exclusive("2/DRAIN_AGENT", "DRAIN_AGENT", MasterMaintenanceRows::drain);
    rows.exclusive("2/DEACTIVATE_AGENT", "DEACTIVATE_AGENT", MasterMaintenanceRows::deactivate);
    rows.exclusive("2/REACTIVATE_AGENT", "REACTIVATE_AGENT", MasterMaintenanceRows::reactivate);
    rows.test(
        "2/MARK_AGENT_GONE",
        "MARK_AGENT_GONE of an unknown agent",
        target -> target.master().expect(404, "MARK_AGENT_GONE", unknownAgent(target)));
  }

  private static void schedule(Target target) {
    Machines machines = Machines.of(target);
    machines.schedule();
    JsonNode window = target.master().call("GET_MAINTENANCE_SCHEDULE").at("/schedule/windows/0");
    Expect.equal(machines.machine(), window.at("/machine_ids/0"), "machine");
    Expect.that(window.at("/unavailability/start/nanoseconds").isNumber(), "the start", window);
    JsonNode twice =
        Machines.body(Machines.window(machines.machine()), Machines.window(machines.machine()));
    target.master().expect(400, "UPDATE_MAINTENANCE_SCHEDULE", twice);
  }

  private static void status(Target target) {
    Machines machines = Machines.of(target);
    machines.schedule();
    JsonNode draining =
        target.master().call("GET_MAINTENANCE_STATUS").at("/status/draining_machines");
    Expect.equal(machines.machine(), draining.at("/0/id"), "draining machine");
    machines.start(200);
    JsonNode down = target.master().call("GET_MAINTENANCE_STATUS").at("/status/down_machines");
    Expect.equal(machines.machine(), down.at("/0"), "machine that is down");
  }

  private static void start(Target target) {
    Machines machines = Machines.of(target);
    machines.start(400);
    machines.schedule();
    machines.start(200);
    machines.start(400);
  }

  private static void stop(Target target) {
    Machines machines = Machines.of(target);
    machines.schedule();
    machines.stop(400);
    machines.start(200);
    machines.stop(200);
    JsonNode schedule = target.master().call("GET_MAINTENANCE_SCHEDULE").path("schedule");
    Expect.that(schedule.path("windows").isEmpty(), "an empty schedule", schedule);
  }

  private static ObjectNode unknownAgent(Target target) {
    return Json.object("agent_id", Json.value("none-" + target.unique()));
  }

  private static void drain(Target target) throws InterruptedException {
    OperatorCalls master = target.master();
    master.expect(400, "DRAIN_AGENT", unknownAgent(target));
    ObjectNode body = Json.object("agent_id", Placement.agentIdValue(target));
    target.closing(() -> reactivateSoon(target));
    master.expect(200, "DRAIN_AGENT", body.deepCopy().put("max_grace_period", "1s"));
    awaitDrainState(target, "DRAINED");
    JsonNode agent = target.cluster().agent(Placement.agentId(target));
    Expect.equal(true, agent.path("deactivated").asBoolean(), "deactivated");
    Expect.that(agent.path("drain_info").has("config"), "the drain config", agent);
  }

  /** Waits until the agent under test is in this state of draining. */
  static JsonNode awaitDrainState(Target target, String state) throws InterruptedException {
    String id = Placement.agentId(target);
    return target.eventually(
        "drain state " + state,
        SchedulerSession.SOON.multipliedBy(2),
        () ->
            Optional.of(target.cluster().agent(id).path("drain_info"))
                .filter(info -> info.path("state").asText().equals(state)));
  }

  /** Reactivates the agent under test as soon as it may be. */
  static void reactivateSoon(Target target) throws InterruptedException {
    JsonNode body = Json.object("agent_id", Placement.agentIdValue(target));
    target.eventually(
        "200 for REACTIVATE_AGENT",
        SchedulerSession.SOON.multipliedBy(2),
        () ->
            Optional.of(target.master().send("REACTIVATE_AGENT", body))
                .filter(answer -> answer.status() == 200));
  }

  private static void deactivate(Target target) throws InterruptedException {
    target.master().expect(400, "DEACTIVATE_AGENT", unknownAgent(target));
    target.closing(() -> reactivateSoon(target));
    JsonNode body = Json.object("agent_id", Placement.agentIdValue(target));
    target.master().expect(200, "DEACTIVATE_AGENT", body);
    String id = Placement.agentId(target);
    target.eventually(
        "an agent deactivated",
        SchedulerSession.SOON,
        () ->
            Optional.of(target.cluster().agent(id))
                .filter(agent -> agent.path("deactivated").asBoolean()));
  }

  private static void reactivate(Target target) throws InterruptedException {
    OperatorCalls master = target.master();
    JsonNode body = Json.object("agent_id", Placement.agentIdValue(target));
    master.expect(400, "REACTIVATE_AGENT", unknownAgent(target));
    master.expect(400, "REACTIVATE_AGENT", body);
    target.closing(() -> master.send("REACTIVATE_AGENT", body));
    master.expect(200, "DEACTIVATE_AGENT", body);
    master.expect(200, "REACTIVATE_AGENT", body);
    String id = Placement.agentId(target);
    target.eventually(
        "an agent not deactivated",
        SchedulerSession.SOON,
        () ->
            Optional.of(target.cluster().agent(id))
                .filter(agent -> !agent.path("deactivated").asBoolean()));
  }
}

package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.time.Instant;

/**
 * Maintenance of a machine that has no agent, so that nothing is lost. The schedule is emptied at
 * the test's end. For tests that run alone.
 */
record Machines(Target target, JsonNode machine) {
  static Machines of(Target target) {
    Machines machines = new Machines(target, Json.object("hostname", target.unique() + ".invalid"));
    target.closing(machines::restore);
    return machines;
  }

  private void restore() {
    target.master().send("STOP_MAINTENANCE", list());
    target.master().expect(200, "UPDATE_MAINTENANCE_SCHEDULE", body());
  }

  private ObjectNode list() {
    return Json.object("machines", Json.array(machine));
  }

  /** Makes the machine the only one in the schedule. */
  void schedule() {
    target.master().expect(200, "UPDATE_MAINTENANCE_SCHEDULE", body(window(machine)));
  }

  void start(int status) {
    Expect.status(status, target.master().send("START_MAINTENANCE", list()), "START_MAINTENANCE");
  }

  void stop(int status) {
    Expect.status(status, target.master().send("STOP_MAINTENANCE", list()), "STOP_MAINTENANCE");
  }

  /** The mode of the machine by GET_MAINTENANCE_STATUS: UP, DRAINING or DOWN. */
  String mode() {
    JsonNode status = target.master().call("GET_MAINTENANCE_STATUS").path("status");
    if (Json.each(status.path("down_machines")).anyMatch(machine::equals)) {
      return "DOWN";
    }
    boolean draining =
        Json.each(status.path("draining_machines")).anyMatch(one -> one.path("id").equals(machine));
    return draining ? "DRAINING" : "UP";
  }

  /** A window of an hour that begins in an hour. */
  static ObjectNode window(JsonNode... machines) {
    long start = Instant.now().plus(Duration.ofHours(1)).getEpochSecond() * 1_000_000_000L;
    return Json.object(
        "machine_ids",
        Json.array((Object[]) machines),
        "unavailability",
        Json.object(
            "start",
            Json.object("nanoseconds", start),
            "duration",
            Json.object("nanoseconds", 3_600_000_000_000L)));
  }

  /** A Schedule of these windows. */
  static ObjectNode plain(JsonNode... windows) {
    return Json.object("windows", Json.array((Object[]) windows));
  }

  /** The body of UPDATE_MAINTENANCE_SCHEDULE. */
  static ObjectNode body(JsonNode... windows) {
    return Json.object("schedule", plain(windows));
  }
}

package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.time.Instant;

/** Schedules maintenance, and clears the schedule at the test's end. For tests that run alone. */
public final class Maintenance {
  private Maintenance() {}

  /**
   * Makes the agent's machine the only one in the schedule, from this time on; returns the
   * unavailability.
   */
  public static JsonNode schedule(Target target, JsonNode agentId, Duration fromNow) {
    JsonNode agent = target.cluster().agent(agentId.path("value").asText());
    Instant start = Instant.now().plus(fromNow);
    JsonNode unavailability =
        Json.object(
            "start", Json.object("nanoseconds", start.getEpochSecond() * 1_000_000_000L),
            "duration", Json.object("nanoseconds", 3_600_000_000_000L));
    target.closing(() -> clear(target));
    update(
        target,
        Json.array(
            Json.object(
                "machine_ids", Json.array(machine(agent)), "unavailability", unavailability)));
    return unavailability;
  }

  /** Empties the schedule. */
  public static void clear(Target target) {
    update(target, Json.array());
  }

  /** The machine of an agent in the form of GET_AGENTS. */
  public static JsonNode machine(JsonNode agent) {
    String pid = agent.path("pid").asText();
    return Json.object(
        "hostname", agent.at("/agent_info/hostname"),
        "ip", pid.substring(pid.indexOf('@') + 1, pid.lastIndexOf(':')));
  }

  private static void update(Target target, JsonNode windows) {
    JsonNode schedule = Json.object("schedule", Json.object("windows", windows));
    target.master().expect(200, "UPDATE_MAINTENANCE_SCHEDULE", schedule);
  }
}

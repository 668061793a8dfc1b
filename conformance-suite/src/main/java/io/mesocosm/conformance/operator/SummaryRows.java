package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.Target;
import java.util.List;

/** Section 6: the fields of the master's /state-summary. */
final class SummaryRows implements RowTests {
  private static final String PATH = "/state-summary";
  private static final List<String> COUNTERS =
      List.of(
          "TASK_STAGING",
          "TASK_STARTING",
          "TASK_RUNNING",
          "TASK_KILLING",
          "TASK_FINISHED",
          "TASK_KILLED",
          "TASK_FAILED",
          "TASK_LOST",
          "TASK_ERROR",
          "TASK_UNREACHABLE");

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        "6/summary.top",
        "top",
        target -> {
          JsonNode summary = target.master().get(PATH);
          Expect.fields(summary, PATH, "hostname", "slaves", "frameworks");
        });
    rows.test("6/summary.slave", "slave", SummaryRows::agent);
    rows.test("6/summary.framework", "framework", SummaryRows::framework);
  }

  private static void agent(Target target) {
    RunningTask running = Placement.runningTask(target);
    JsonNode agent = StateRows.agentOf(target, PATH);
    Expect.fields(agent, "agent", StateRows.AGENT);
    Expect.fields(agent, "agent", COUNTERS);
    Expect.that(agent.path("TASK_RUNNING").asInt() >= 1, "at least one task running", agent);
    Expect.that(
        Json.each(agent.path("framework_ids"))
            .anyMatch(id -> id.asText().equals(running.session().frameworkId())),
        "framework " + running.session().frameworkId() + " in framework_ids",
        agent.path("framework_ids"));
  }

  private static void framework(Target target) {
    RunningTask running = target.runningTask();
    JsonNode framework = StateRows.frameworkOf(target, PATH, running.session());
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
        "slave_ids");
    Expect.fields(framework, "framework", COUNTERS);
    Expect.equal(1, framework.path("TASK_RUNNING").asInt(), "tasks running");
    Expect.equal(
        running.agentId().path("value").asText(), framework.at("/slave_ids/0").asText(), "agent");
  }
}

package io.mesocosm.conformance.executor;

import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.regex.Pattern;

/** Sections 11 and 12: what an agent recovers, and what it keeps for that. */
final class RecoveryRows implements RowTests {
  private static final String RESTART = "needs an agent that is restarted";

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("11/R1", "--recover", target -> flag(target, "recover", "reconnect|cleanup"));
    rows.test("11/R2", "--strict", target -> flag(target, "strict", "true|false"));
    rows.notObservable("11/R3", "executors that survive", RESTART);
    rows.notObservable("11/R4", "order of the recovery", RESTART);
    rows.notObservable("11/R5", "boot id changed", "needs a machine that is restarted");
    rows.notObservable("11/R6", "executors without pid and marker", RESTART);
    rows.notObservable("11/R7", "sandboxes to the garbage collector", RESTART);
    rows.notObservable("11/R8", "drain config", RESTART);
    rows.notObservable("11/R9", "directories of old agent ids", RESTART);
    rows.notObservable("11/R10", "queued and pending tasks", RESTART);
    rows.notObservable("11/R11", "recovery fails", RESTART);
    for (String data :
        List.of(
            "AgentInfo",
            "drain-config",
            "frameworkinfo-pid",
            "ExecutorInfo",
            "run",
            "tasks",
            "resources",
            "boot-id")) {
      rows.notObservable(
          "12/" + data, data, "a file of the agent's own, for which no format is demanded");
    }
  }

  private static void flag(Target target, String name, String values) {
    String value =
        AgentView.flag(target, name)
            .orElseThrow(() -> new Mismatch("flag " + name + " in GET_FLAGS", "absent"));
    Expect.that(Pattern.matches(values, value), "flag " + name + " of " + values, value);
  }
}

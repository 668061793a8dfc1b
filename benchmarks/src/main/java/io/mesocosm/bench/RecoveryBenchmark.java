package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.RecoveryCluster;
import io.mesocosm.bench.cluster.RecoveryCluster.Recovery;

/** A real agent with real tasks is killed and started again: when has it found them all? */
final class RecoveryBenchmark implements Benchmark {
  private static final int TASKS = 200;

  /** What the issue asks for. */
  private static final double FOUND_GOAL_SECONDS = 3;

  private static final String FOUND = "all tasks found, s from the process's start";

  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String description() {
    return "a real agent with 200 tasks killed and started again: all found, none disturbed";
  }

  @Override
  public void run(Settings settings, Report report) {
    int tasks = settings.tasksOr(TASKS);
    Parts parts = new Parts();
    long disturbed = 0;
    long lost = 0;
    for (int round = 0; round < settings.rounds(); round++) {
      try (RecoveryCluster cluster = new RecoveryCluster(settings.master(), tasks)) {
        double launched = cluster.launch();
        Recovery recovery = cluster.recover();
        parts.add("tasks started a second, each written down first", tasks / launched);
        parts.add(FOUND, recovery.foundSeconds());
        parts.add(
            "of that, reading and reconnecting, as the agent says", recovery.agentsOwnSeconds());
        parts.add("registered with the master", recovery.registeredSeconds());
        parts.add("scheduler has reconciled all", recovery.knownSeconds());
        disturbed += recovery.disturbed();
        lost += tasks - recovery.samePids();
        report.say(
            String.format(
                "  %d tasks started in %.2f s; found %.2f s after the start, %d of %d the same"
                    + " process, %d disturbed",
                tasks,
                launched,
                recovery.foundSeconds(),
                recovery.samePids(),
                tasks,
                recovery.disturbed()));
      }
    }
    report.print(
        parts.table(
            String.format(
                "recovery, %d tasks: agent killed -9 and started at once, median of %d",
                tasks, settings.rounds())));
    report.say(
        String.format(
            "  found after %.2f s, at most %.2f (goal, with 200 tasks: %.0f); processes that are"
                + " not the same: %d; tasks disturbed: %d",
            parts.median(FOUND), parts.highest(FOUND), FOUND_GOAL_SECONDS, lost, disturbed));
    ObjectNode json = report.json().putObject("recovery");
    json.put("tasks", tasks);
    json.put("disturbed", disturbed);
    json.put("processes_not_the_same", lost);
    parts.writeTo(json);
  }
}

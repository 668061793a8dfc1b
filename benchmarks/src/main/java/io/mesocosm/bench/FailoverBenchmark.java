package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.FailoverCluster;
import io.mesocosm.bench.cluster.FailoverCluster.Failover;
import io.mesocosm.bench.cluster.Sizes;

/** The leading one of three masters is killed, under load and idle: what comes back, and when. */
final class FailoverBenchmark implements Benchmark {
  private static final int AGENTS = 1000;
  private static final int TASKS = 20_000;

  /** What the issue asks for, beside the session time-out. */
  private static final double OFFERS_GOAL_SECONDS = 2;

  private static final double CALL_GOAL_SECONDS = 3;

  @Override
  public String name() {
    return "failover";
  }

  @Override
  public String description() {
    return "the leading one of three masters killed: election, registry, agents, offers, tasks";
  }

  @Override
  public void run(Settings settings, Report report) {
    double session = settings.session().toMillis() / 1e3;
    report.json().put("session_s", session);
    report.json().put("zookeeper", settings.zooKeeper().name());
    Parts idle = measure(settings, new Sizes(1, 0), report, "idle");
    double call = idle.median("scheduler subscribed");
    report.say(
        String.format(
            "  the next scheduler call succeeds after %.2f s, at most %.2f (goal, with a session"
                + " of 2 s: %.0f)",
            call, idle.highest("scheduler subscribed"), CALL_GOAL_SECONDS));
    for (int agents : settings.sizesOr(AGENTS)) {
      int each = settings.tasksOr(TASKS) / agents;
      Parts parts = measure(settings, new Sizes(agents, each), report, agents + "_agents");
      report.say(
          String.format(
              "  offers flow again after %.2f s, at most %.2f (goal: %.0f, the session and %.0f)",
              parts.median("first offer"),
              parts.highest("first offer"),
              session + OFFERS_GOAL_SECONDS,
              OFFERS_GOAL_SECONDS));
    }
  }

  private static Parts measure(Settings settings, Sizes sizes, Report report, String key) {
    Parts parts = new Parts();
    long disturbed = 0;
    int zooKeeperToo = 0;
    int othersEnded = 0;
    try (FailoverCluster cluster =
        new FailoverCluster(
            settings.master(),
            sizes,
            settings.zooKeeper(),
            settings.session(),
            settings.batches())) {
      for (int round = 0; round < settings.rounds(); round++) {
        Failover failover = cluster.failOver();
        parts.addAll(failover.seconds());
        disturbed += failover.disturbed();
        othersEnded += failover.othersEnded();
        zooKeeperToo += failover.zooKeeperLedToo() ? 1 : 0;
        report.say(
            String.format(
                "  %d agents, %d tasks: first offer %.2f s after the kill, %d tasks disturbed, agents'"
                    + " tries in vain since the next leader was found %s%s",
                sizes.agents(),
                sizes.capacity(),
                failover.seconds().getOrDefault("first offer", 0.0),
                failover.disturbed(),
                failover.triesInVain(),
                failover.zooKeeperLedToo() ? ", ZooKeeper lost its leader too" : ""));
      }
    }
    report.print(
        parts.table(
            String.format(
                "failover, %d agents, %d tasks, session %d ms: seconds after kill -9, median of %d",
                sizes.agents(),
                sizes.capacity(),
                settings.session().toMillis(),
                settings.rounds())));
    report.say(
        String.format(
            "  tasks disturbed in all: %d; rounds in which ZooKeeper lost its leader too: %d; other"
                + " masters that ended by themselves: %d",
            disturbed, zooKeeperToo, othersEnded));
    ObjectNode json = report.json().putObject(key);
    json.put("agents", sizes.agents());
    json.put("tasks", sizes.capacity());
    json.put("disturbed", disturbed);
    json.put("zookeeper_led_too", zooKeeperToo);
    json.put("other_masters_ended", othersEnded);
    parts.writeTo(json);
    return parts;
  }
}

package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.ServicesCluster;
import io.mesocosm.bench.cluster.ServicesFailover;
import io.mesocosm.bench.cluster.ServicesFailover.Outcome;

/** The leading one of two schedulers killed: when does the other one act, and is all untouched? */
final class ServicesFailoverPart {
  private static final String APP = "/bench/many";
  private static final int TASKS = 10_000;
  private static final double GOAL_SECONDS = 3;

  private ServicesFailoverPart() {}

  static void measure(ServicesRun run) {
    int instances = run.settings().tasksOr(TASKS);
    int rounds = run.settings().rounds();
    Parts parts = new Parts();
    int ended = 0;
    long lost = 0;
    long excess = 0;
    long touched = 0;
    boolean disturbed = false;
    try (ServicesCluster cluster =
        run.cluster(instances + 1000, 2, run.own().perOffer().getFirst())) {
      ServicesRun.insist(cluster, "POST " + APP, () -> cluster.client().create(APP, instances));
      ServicesRun.awaitCalm(cluster, instances);
      ServicesFailover failover = new ServicesFailover(cluster, APP, instances);
      for (int round = 0; round < rounds; round++) {
        Outcome outcome = failover.failOver();
        parts.addAll(outcome.seconds());
        ended += outcome.ended();
        lost += outcome.lost();
        excess += outcome.excess();
        touched += outcome.touched();
        disturbed |= outcome.disturbed();
        run.report()
            .say(
                String.format(
                    "  first launch %.2f s after the kill; %d instances lost, %d in excess, %d"
                        + " launches and kills not asked for; the standby ended by itself %d times",
                    outcome.seconds().getOrDefault(ServicesFailover.FIRST_LAUNCH, 0.0),
                    outcome.lost(),
                    outcome.excess(),
                    outcome.touched(),
                    outcome.ended()));
      }
    }
    ObjectNode json =
        run.publish(
            "failover",
            String.format(
                "services, failover with %d instances, session %d ms: seconds after kill -9, median"
                    + " of %d",
                instances, run.settings().session().toMillis(), rounds),
            parts);
    json.put("instances", instances);
    json.put("standby_ended", ended);
    json.put("lost", lost);
    json.put("excess", excess);
    json.put("touched", touched);
    run.goal(
        "acting again, at the worst",
        parts.highest(ServicesFailover.FIRST_LAUNCH),
        "s",
        run.settings().session().toMillis() / 1e3 + GOAL_SECONDS,
        true);
    if (disturbed) {
      throw new IllegalStateException(
          String.format(
              "a failover must disturb no instance: %d lost, %d in excess, %d launches and kills not"
                  + " asked for",
              lost, excess, touched));
    }
  }
}

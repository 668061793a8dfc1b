package io.mesocosm.bench;

import io.mesocosm.bench.cluster.ServicesCluster;
import io.mesocosm.bench.cluster.ServicesMeter;
import java.util.concurrent.CompletableFuture;

/** One app from no instance to many. */
final class ServicesScalePart {
  private static final String APP = "/bench/many";
  private static final String ALL = "all run, no deployment left, s";

  /** What the issue asks for: of 10,000 instances, and of 100,000. */
  private static final double SMALL_GOAL_SECONDS = 15;

  private static final int SMALL = 10_000;
  private static final double LARGE_GOAL_SECONDS = 120;
  private static final int LARGE = 100_000;

  private ServicesScalePart() {}

  static void measure(ServicesRun run) {
    for (int instances : run.own().instances()) {
      for (int perOffer : run.own().perOffer()) {
        measure(run, instances, perOffer);
      }
    }
  }

  private static void measure(ServicesRun run, int instances, int perOffer) {
    Parts parts = new Parts();
    for (int round = 0; round < run.settings().rounds(); round++) {
      try (ServicesCluster cluster = run.cluster(instances, 1, perOffer)) {
        ServicesRun.insist(cluster, "POST " + APP, () -> cluster.client().create(APP, 0));
        ServicesRun.awaitCalm(cluster, 0);
        ServicesMeter meter = run.meter(cluster);
        CompletableFuture<Long> half = cluster.moreRunning(instances / 2);
        long begin = System.nanoTime();
        ServicesRun.insist(cluster, "PUT " + APP, () -> cluster.client().scale(APP, instances));
        double answered = (System.nanoTime() - begin) / 1e9;
        double halfRan = (cluster.await("half of " + instances + " run", half) - begin) / 1e9;
        cluster.await(
            instances + " tasks are on agents", () -> cluster.tasksOnAgents() >= instances);
        double launched = (System.nanoTime() - begin) / 1e9;
        ServicesRun.awaitCalm(cluster, instances);
        double all = (System.nanoTime() - begin) / 1e9;
        ServicesMeter.Usage usage = meter.end("scale");
        parts.add("answered, s", answered);
        parts.add("half run on their agents, s", halfRan);
        parts.add("all launched on agents, s", launched);
        parts.add(ALL, all);
        ServicesRun.addTo(parts, usage);
        run.report()
            .say(
                String.format(
                    "  0 to %d instances: half after %.2f s, all launched after %.2f s, deployment"
                        + " done after %.2f s",
                    instances, halfRan, launched, all));
        run.say(usage);
      }
    }
    run.publish(
            "scale_" + instances + "_per_offer_" + perOffer,
            String.format(
                "services, one app from 0 to %d instances, max_instances_per_offer %d, median of"
                    + " %d",
                instances, perOffer, run.settings().rounds()),
            parts)
        .put("instances", instances);
    run.goal(
        "0 to " + instances + " instances, " + perOffer + " an offer",
        parts.median(ALL),
        "s",
        goalSeconds(instances),
        true);
  }

  /** In proportion to the nearer of the two that are asked for. */
  private static double goalSeconds(int instances) {
    return instances <= SMALL
        ? SMALL_GOAL_SECONDS * instances / SMALL
        : Math.max(SMALL_GOAL_SECONDS, LARGE_GOAL_SECONDS * instances / LARGE);
  }
}

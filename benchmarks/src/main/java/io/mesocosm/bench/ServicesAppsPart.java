package io.mesocosm.bench;

import io.mesocosm.bench.cluster.ServicesCluster;
import io.mesocosm.bench.cluster.ServicesMeter;
import java.util.concurrent.CompletableFuture;

/** Apps of one instance, deployed one by one: the next when the last was answered. */
final class ServicesAppsPart {
  private static final String ALL = "all run, no deployment left, s";
  private static final double GOAL_SECONDS_PER_APP = 0.02;

  private ServicesAppsPart() {}

  static void measure(ServicesRun run) {
    int apps = run.own().apps();
    int perOffer = run.own().perOffer().getFirst();
    Parts parts = new Parts();
    for (int round = 0; round < run.settings().rounds(); round++) {
      try (ServicesCluster cluster = run.cluster(apps, 1, perOffer)) {
        ServicesMeter meter = run.meter(cluster);
        CompletableFuture<Long> running = cluster.moreRunning(apps);
        long begin = System.nanoTime();
        int refused = 0;
        for (int i = 0; i < apps; i++) {
          String id = SteadyDeployments.app(i);
          refused +=
              ServicesRun.insist(cluster, "POST " + id, () -> cluster.client().create(id, 1));
        }
        double answered = (System.nanoTime() - begin) / 1e9;
        double ran = (cluster.await(apps + " tasks run", running) - begin) / 1e9;
        cluster.await("no deployment is left", () -> cluster.client().deployments() == 0);
        double all = (System.nanoTime() - begin) / 1e9;
        ServicesMeter.Usage usage = meter.end("apps");
        ServicesRun.awaitCalm(cluster, apps);
        parts.add("all answered, s", answered);
        parts.add("POSTs refused and sent again", refused);
        parts.add("all tasks run on their agents, s", ran);
        parts.add(ALL, all);
        ServicesRun.addTo(parts, usage);
        run.report()
            .say(
                String.format(
                    "  %d apps: answered in %.2f s, all run and no deployment left after %.2f s",
                    apps, answered, all));
        run.say(usage);
      }
    }
    run.publish(
            "apps",
            String.format(
                "services, %d apps of one instance one by one, max_instances_per_offer %d, median"
                    + " of %d",
                apps, perOffer, run.settings().rounds()),
            parts)
        .put("apps", apps);
    run.goal(apps + " apps one by one", parts.median(ALL), "s", apps * GOAL_SECONDS_PER_APP, true);
  }
}

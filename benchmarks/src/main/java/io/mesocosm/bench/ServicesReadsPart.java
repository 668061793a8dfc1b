package io.mesocosm.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.bench.cluster.ServicesClient;
import io.mesocosm.bench.cluster.ServicesCluster;
import io.mesocosm.bench.cluster.ServicesMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** All apps with their tasks, read over and over by one client, with and without deployments. */
final class ServicesReadsPart {
  private static final int TASKS = 10_000;
  private static final int WARM_SECONDS = 3;
  private static final double GOAL_MEGABYTES_PER_SECOND = 50;
  private static final double MEGA = 1e6;

  private record Figures(double megabytesPerSecond, double megabytes, Samples nanos) {}

  private ServicesReadsPart() {}

  static void measure(ServicesRun run) {
    int apps = run.own().apps();
    int each = Math.max(1, run.settings().tasksOr(TASKS) / apps);
    int tasks = apps * each;
    Parts parts = new Parts();
    try (ServicesCluster cluster = run.cluster(2 * tasks, 1, run.own().perOffer().getFirst())) {
      populate(cluster, apps, each);
      check(cluster, apps, tasks);
      read(cluster, WARM_SECONDS);
      for (int round = 0; round < run.settings().rounds(); round++) {
        ServicesMeter calm = run.meter(cluster);
        Figures alone = read(cluster, run.settings().seconds());
        add(parts, "alone", alone, calm.end("reads"), run);
        ServicesMeter meter = run.meter(cluster);
        try (SteadyDeployments deployments =
            new SteadyDeployments(cluster.client(), apps, each, run.own().deploymentRate())) {
          Figures beside = read(cluster, run.settings().seconds());
          parts.add("deployments accepted beside them", deployments.accepted());
          parts.add("deployments refused beside them", deployments.refused());
          parts.add("deployments under way in the end", cluster.client().deployments());
          add(parts, "with deployments", beside, meter.end("reads-with-deployments"), run);
        }
        cluster.await("no deployment is left", () -> cluster.client().deployments() == 0);
      }
    }
    run.publish(
            "reads",
            String.format(
                "services, GET %s with %d apps and %d tasks over the loop-back, one client, %d s"
                    + " each, %d deployments a second, median of %d",
                AppsReader.PATH,
                apps,
                tasks,
                run.settings().seconds(),
                run.own().deploymentRate(),
                run.settings().rounds()),
            parts)
        .put("tasks", tasks);
    run.goal(
        "reads while deployments go on",
        parts.median("MB/s with deployments"),
        "MB/s",
        GOAL_MEGABYTES_PER_SECOND,
        false);
  }

  private static void populate(ServicesCluster cluster, int apps, int each) {
    for (int i = 0; i < apps; i++) {
      String id = SteadyDeployments.app(i);
      ServicesRun.insist(cluster, "POST " + id, () -> cluster.client().create(id, each));
    }
    ServicesRun.awaitCalm(cluster, (long) apps * each);
  }

  /** What is read is what it is taken for. */
  private static void check(ServicesCluster cluster, int apps, int tasks) {
    ServicesClient client = cluster.client();
    JsonNode list = client.json(client.get(AppsReader.PATH)).path("apps");
    int found = 0;
    for (JsonNode app : list) {
      found += app.path("tasks").size();
    }
    if (list.size() != apps || found != tasks) {
      throw new IllegalStateException(
          String.format(
              "GET %s lists %d apps and %d tasks, not %d and %d",
              AppsReader.PATH, list.size(), found, apps, tasks));
    }
  }

  private static Figures read(ServicesCluster cluster, int seconds) {
    Samples nanos = new Samples();
    long bytes = 0;
    double last = 0;
    long begin = System.nanoTime();
    long until = begin + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (System.nanoTime() < until) {
        AppsReader.Read read = AppsReader.read(cluster.leaderAddress());
        bytes += read.bytes();
        last = read.bytes();
        nanos.add((long) (read.seconds() * 1e9));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage() + "; " + cluster.state(), e);
    }
    double took = (System.nanoTime() - begin) / 1e9;
    return new Figures(bytes / MEGA / took, last / MEGA, nanos);
  }

  private static void add(
      Parts parts, String how, Figures figures, ServicesMeter.Usage usage, ServicesRun run) {
    parts.add("MB/s " + how, figures.megabytesPerSecond());
    parts.add("MB an answer, " + how, figures.megabytes());
    parts.add("ms an answer, half, " + how, figures.nanos().percentile(0.5) / MEGA);
    parts.add("ms an answer, the longest, " + how, figures.nanos().percentile(1) / MEGA);
    run.report()
        .say(
            String.format(
                "  %s: %.1f MB/s, %d answers of %.2f MB",
                how, figures.megabytesPerSecond(), figures.nanos().count(), figures.megabytes()));
    run.say(usage);
  }
}

package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.bench.cluster.MasterUnderTest;
import io.mesocosm.bench.cluster.ServicesClient;
import io.mesocosm.bench.cluster.ServicesCluster;
import io.mesocosm.bench.cluster.ServicesMeter;
import io.mesocosm.bench.cluster.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** What the parts of the services benchmark share: clusters, figures and goals. */
final class ServicesRun {
  private static final int AGENTS = 1000;
  private static final String WARM = "/bench/warm";

  /** Beyond what is launched: for whoever is scaled up in the middle of it. */
  private static final double ROOM = 1.25;

  private final Settings settings;
  private final Report report;
  private final List<String> missed = new ArrayList<>();

  ServicesRun(Settings settings, Report report) {
    this.settings = settings;
    this.report = report;
  }

  ServicesSettings own() {
    return settings.services();
  }

  Settings settings() {
    return settings;
  }

  Report report() {
    return report;
  }

  private int agents() {
    return settings.sizesOr(AGENTS).getFirst();
  }

  /** A new cluster with room for so many tasks, warmed up if that is asked for. */
  ServicesCluster cluster(int tasks, int processes, int perOffer) {
    ServicesCluster cluster = newCluster(tasks, processes, perOffer);
    if (own().warm() > 0) {
      insist(cluster, "POST " + WARM, () -> cluster.client().create(WARM, own().warm()));
      awaitCalm(cluster, own().warm());
      insist(cluster, "PUT " + WARM, () -> cluster.client().scale(WARM, 0));
      awaitCalm(cluster, 0);
      insist(cluster, "DELETE " + WARM, () -> cluster.client().delete(WARM));
      awaitCalm(cluster, 0);
      cluster.await("agents have no task", () -> cluster.tasksOnAgents() == 0);
    }
    return cluster;
  }

  private ServicesCluster newCluster(int tasks, int processes, int perOffer) {
    int slots = (int) Math.ceil(Math.max(tasks, own().warm()) * ROOM / agents()) + 1;
    MasterUnderTest.Options master = settings.master();
    List<String> flags = new ArrayList<>();
    flags.add("--max_instances_per_offer=" + perOffer);
    flags.addAll(words(own().flags()));
    return new ServicesCluster(
        new ServicesCluster.Setup(
            master,
            new MasterUnderTest.Options(
                master.classPath(), words(own().javaOptions() + " " + Bench.startUpCache()), flags),
            new Sizes(agents(), slots),
            processes,
            settings.session(),
            own().limitSeconds()));
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+", -1)).filter(word -> !word.isEmpty()).toList();
  }

  /** How it is set up, for whoever compares figures. */
  void describe() {
    report.say(
        String.format(
            "services: %d simulated agents here; ZooKeeper (one server), master and services in"
                + " JVMs of their own; services %s, master %s; flags of services: %s; session %d ms;"
                + " %s",
            agents(),
            own().javaOptions(),
            String.join(" ", settings.master().javaOptions()),
            own().flags().isEmpty() ? "none but --max_instances_per_offer" : own().flags(),
            settings.session().toMillis(),
            own().warm() == 0 ? "JVMs are cold" : "warmed up with " + own().warm() + " instances"));
  }

  ServicesMeter meter(ServicesCluster cluster) {
    return new ServicesMeter(cluster, own().profiled());
  }

  void say(ServicesMeter.Usage usage) {
    usage.lines().forEach(report::say);
  }

  static void addTo(Parts parts, ServicesMeter.Usage usage) {
    usage.cpuSeconds().forEach((role, seconds) -> parts.add("CPU s of " + role, seconds));
  }

  /** Prints the parts and writes them under the key; returns the object, for more. */
  ObjectNode publish(String key, String title, Parts parts) {
    report.print(parts.table(title));
    ObjectNode json = report.json().putObject(key);
    parts.writeTo(json);
    return json;
  }

  /** Says whether a goal was met. */
  void goal(String what, double value, String unit, double goal, boolean atMost) {
    boolean met = atMost ? value <= goal : value >= goal;
    String line =
        String.format(
            "  goal %s: %s: %.2f %s (%s %.1f)",
            met ? "met" : "MISSED", what, value, unit, atMost ? "at most" : "at least", goal);
    report.say(line);
    if (!met) {
      missed.add(line.strip());
    }
  }

  List<String> missed() {
    return missed;
  }

  /** Sends it again while it is refused for the moment; returns how often it was. */
  static int insist(ServicesCluster cluster, String what, Supplier<ServicesClient.Answer> request) {
    int[] refused = {0};
    ServicesClient.Answer[] last = {request.get()};
    try {
      cluster.await(
          what + " is accepted",
          () -> {
            if (!last[0].accepted() && !isFinal(last[0].status())) {
              refused[0]++;
              last[0] = request.get();
            }
            return last[0].accepted() || isFinal(last[0].status());
          });
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          what + " was answered " + last[0] + ", after " + refused[0] + " tries", e);
    }
    if (isFinal(last[0].status())) {
      throw new IllegalStateException(what + " was answered " + last[0]);
    }
    return refused[0];
  }

  /** Asking again is of no use. */
  private static boolean isFinal(int status) {
    return status == 400 || status == 404 || status == 405 || status == 415 || status == 422;
  }

  /** Waits until no deployment is left, and all these tasks run. */
  static void awaitCalm(ServicesCluster cluster, long tasks) {
    cluster.await("no deployment is left", () -> cluster.client().deployments() == 0);
    cluster.await(
        tasks + " tasks are counted as running",
        () -> cluster.client().sum("tasksRunning") == tasks);
  }
}

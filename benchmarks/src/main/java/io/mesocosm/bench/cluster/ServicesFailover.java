package io.mesocosm.bench.cluster;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** The leading scheduler is killed, and the standby asked for more instances at once. */
public final class ServicesFailover {
  /** When it acts again. */
  public static final String FIRST_LAUNCH = "its first task is launched";

  private static final int MORE = 10;
  private static final double RETRY_SECONDS = 0.02;

  /** For kills and launches that must not, but could, come late. */
  private static final double AFTERMATH_SECONDS = 5;

  /**
   * What followed a kill.
   *
   * @param seconds from the kill to each part
   * @param lost tasks that the next leader does not list any more, or agents do not run
   * @param excess tasks that agents run beyond those that are wanted
   * @param ended how often the standby ended by itself and was started again
   * @param touched how often agents were told to run or kill, beyond the launches asked for
   */
  public record Outcome(
      SequencedMap<String, Double> seconds, int ended, long lost, long excess, long touched) {
    /** Whether any instance was restarted or doubled. */
    public boolean disturbed() {
      return lost != 0 || excess != 0 || touched != 0;
    }
  }

  private final ServicesCluster cluster;
  private final String app;
  private int instances;
  private int ended;

  /**
   * @param app which has so many instances, all running
   */
  public ServicesFailover(ServicesCluster cluster, String app, int instances) {
    this.cluster = cluster;
    this.app = app;
    this.instances = instances;
  }

  /** Kills the leader without warning; when this returns there is a standby again. */
  public Outcome failOver() {
    ServicesClient client = cluster.client();
    Set<String> before = client.taskIds();
    if (before.size() != instances) {
      throw new IllegalStateException(
          before.size() + " tasks are listed, not " + instances + "; " + cluster.state());
    }
    TouchWitness witness = cluster.witness();
    cluster
        .loop()
        .call(() -> {
          witness.begin();
          return true;
        });
    long killed = System.nanoTime();
    ProductProcess victim = cluster.killLeader();
    ended = 0;
    instances += MORE;
    SequencedMap<String, Double> seconds = new LinkedHashMap<>();
    await(victim, "the standby accepts a scale-up", this::scale);
    seconds.put("a scale-up is accepted", (System.nanoTime() - killed) / 1e9);
    await(
        victim, "the standby launches a task", () -> cluster.loop().call(witness::firstNanos) != 0);
    seconds.put(FIRST_LAUNCH, (cluster.loop().call(witness::firstNanos) - killed) / 1e9);
    await(victim, "no deployment is left", () -> client.deployments() == 0);
    await(victim, "all instances run", () -> client.sum("tasksRunning") == instances);
    seconds.put("its deployment is done, all run", (System.nanoTime() - killed) / 1e9);
    BenchCluster.sleep(AFTERMATH_SECONDS);
    Set<String> lost = new TreeSet<>(before);
    lost.removeAll(client.taskIds());
    Outcome outcome =
        new Outcome(
            seconds,
            ended,
            lost.size(),
            cluster.tasksOnAgents() - instances,
            cluster.loop().call(witness::touched) - MORE);
    cluster.startDeadOnesAgain();
    return outcome;
  }

  /** Tries once, as clients do that were told to try again soon. */
  private boolean scale() {
    boolean accepted = cluster.client().scale(app, instances).accepted();
    if (!accepted) {
      BenchCluster.sleep(RETRY_SECONDS);
    }
    return accepted;
  }

  private void await(ProductProcess victim, String what, BooleanSupplier condition) {
    cluster.awaitSupervised(
        what,
        () -> {
          ended += cluster.supervise(victim);
          return condition.getAsBoolean();
        });
  }
}

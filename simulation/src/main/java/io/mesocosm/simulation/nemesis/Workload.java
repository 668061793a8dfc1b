package io.mesocosm.simulation.nemesis;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What users want of the cluster over a run. Drawn from the seed, and the same whatever goes wrong:
 * so what there must be in the end is known.
 */
public final class Workload {
  private static final int INSTANCES_MAX = 6;
  private static final List<String> APPS =
      List.of("/web", "/shop/cart", "/shop/search", "/shop/ads-pod");
  private static final List<Double> LIMITS = List.of(4.0, 6.0, 8.0, 12.0);
  private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(25);
  private static final Duration TASK_MIN = Duration.ofSeconds(1);
  private static final Duration TASK_MAX = Duration.ofMinutes(4);
  private static final Duration AWAY_MIN = Duration.ofSeconds(5);
  private static final Duration AWAY_MAX = Duration.ofMinutes(2);
  private static final long SALT = 0x576f726bL;

  private final SimulatedCluster cluster;
  private final RandomGenerator random;

  private Workload(SimulatedCluster cluster, long seed) {
    this.cluster = cluster;
    this.random = new SplittableRandom(seed ^ SALT);
  }

  /** Has all of it happen in its time, until {@code end}. */
  public static void carryOut(SimulatedCluster cluster, long seed, Duration end) {
    new Workload(cluster, seed).plan(end);
  }

  private void plan(Duration end) {
    Simulation simulation = cluster.simulation();
    Duration at = Duration.ofSeconds(5);
    for (String app : APPS) {
      int instances = 1 + random.nextInt(INSTANCES_MAX);
      simulation.after(at, () -> cluster.want(app, instances));
    }
    double limit = LIMITS.get(random.nextInt(LIMITS.size()));
    simulation.after(at, () -> cluster.limitOneOffs(limit));
    while (at.compareTo(end) < 0) {
      simulation.after(at, wish());
      at = at.plus(Simulation.between(random, PAUSE_MIN, PAUSE_MAX));
    }
  }

  private Runnable wish() {
    int drawn = random.nextInt(100);
    int number = random.nextInt(1 << 16);
    if (drawn < 5) {
      Duration lasts = Simulation.between(random, AWAY_MIN, AWAY_MAX);
      int agent = number % cluster.size().agents();
      return () -> {
        cluster.takeOutOfUse(agent, (number & 1) == 0);
        cluster.simulation().after(lasts, () -> cluster.putBackIntoUse(agent));
      };
    }
    if (drawn < 50) {
      Duration lasts = Simulation.between(random, TASK_MIN, TASK_MAX);
      int count = 1 + number % 3;
      return () -> {
        for (int i = 0; i < count; i++) {
          cluster.submit(lasts, number & 1);
        }
      };
    }
    if (drawn < 60) {
      return () -> cluster.killOneOff(number);
    }
    if (drawn < 64) {
      return () -> cluster.limitOneOffs(LIMITS.get(number % LIMITS.size()));
    }
    String app = APPS.get(random.nextInt(APPS.size()));
    if (drawn < 68) {
      return () -> cluster.wantNo(app);
    }
    if (drawn < 78) {
      return () -> cluster.upgrade(app);
    }
    if (drawn < 82) {
      return () -> cluster.upgradeAll("/shop");
    }
    if (drawn < 86) {
      return () -> cluster.killInstance(app, number);
    }
    if (drawn < 90) {
      return () -> cluster.cancelDeployment(number, (number & 1) == 0);
    }
    int instances = number % (INSTANCES_MAX + 1);
    return () -> cluster.want(app, instances);
  }
}

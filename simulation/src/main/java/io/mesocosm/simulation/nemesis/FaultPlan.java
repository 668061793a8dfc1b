package io.mesocosm.simulation.nemesis;

import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Draws the faults of a run before it begins, so that they do not depend on what comes of them. */
public final class FaultPlan {
  private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(40);
  private static final Duration SHORT_MIN = Duration.ofMillis(200);
  private static final Duration SHORT_MAX = Duration.ofSeconds(20);
  private static final Duration LONG_MAX = Duration.ofSeconds(200);

  /** Told from the seed of the world itself. */
  private static final long SALT = 0x4661756c7473L;

  private FaultPlan() {}

  /** Faults from {@code begin} to {@code end}, in order. */
  public static List<Fault> of(long seed, Duration begin, Duration end) {
    RandomGenerator random = new SplittableRandom(seed ^ SALT);
    // Some runs are nearly calm, so that single faults are seen alone; in some they pile up.
    Duration pauseMax =
        switch (random.nextInt(4)) {
          case 0 -> PAUSE_MAX.multipliedBy(4);
          case 1 -> PAUSE_MAX.dividedBy(5);
          default -> PAUSE_MAX;
        };
    List<Fault> plan = new ArrayList<>();
    Duration at = begin;
    int target = random.nextInt(1 << 16);
    while (at.compareTo(end) < 0) {
      Duration lasts =
          Simulation.between(random, SHORT_MIN, random.nextInt(3) == 0 ? LONG_MAX : SHORT_MAX);
      plan.add(new Fault(at, kind(random), target, random.nextInt(1 << 16), lasts));
      boolean together = random.nextInt(5) == 0;
      if (!together || random.nextBoolean()) {
        // Otherwise it is the same one that is hit twice.
        target = random.nextInt(1 << 16);
      }
      at =
          at.plus(
              together
                  ? Duration.ofMillis(random.nextInt(200))
                  : Simulation.between(random, PAUSE_MIN, pauseMax));
    }
    return List.copyOf(plan);
  }

  private static FaultKind kind(RandomGenerator random) {
    int sum = 0;
    for (FaultKind kind : FaultKind.values()) {
      sum += kind.weight();
    }
    int drawn = random.nextInt(sum);
    for (FaultKind kind : FaultKind.values()) {
      drawn -= kind.weight();
      if (drawn < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("weights do not add up");
  }
}

package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten minutes of random faults, then healing: everything wanted runs again, and nothing else. */
class RandomFaultsTest {
  private static final int AGENTS = 4;

  /** Seeds that once failed stay here for good. */
  private static final long[] KEPT = {1, 2, 3};

  static LongStream seeds() {
    Long one = Long.getLong("simulation.seed");
    if (one != null) {
      return LongStream.of(one);
    }
    long first = System.nanoTime();
    int fresh = Integer.getInteger("simulation.runs", 20);
    return LongStream.concat(LongStream.of(KEPT), LongStream.range(first, first + fresh));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyAppIsWholeAgainAfterHealing(long seed) {
    history(seed);
  }

  @Test
  void theSameSeedGivesTheSameHistoryAndAnotherAnother() {
    List<String> once = history(42);
    assertThat(history(42)).isEqualTo(once);
    assertThat(history(43)).isNotEqualTo(once);
  }

  private static List<String> history(long seed) {
    SimulatedCluster cluster = new SimulatedCluster(seed, AGENTS);
    RandomGenerator random = new SplittableRandom(seed ^ 0x5eedL);
    cluster.deploy("/web", 5);
    cluster.deploy("/db", 2);
    cluster.run(Duration.ofSeconds(20));
    boolean[] cut = new boolean[AGENTS];
    for (int i = 0; i < 20; i++) {
      int agent = random.nextInt(AGENTS);
      switch (random.nextInt(7)) {
        case 0 -> {
          cluster.cutAgent(agent);
          cut[agent] = true;
        }
        case 1, 2 -> {
          cluster.healAgent(agent);
          cut[agent] = false;
        }
        case 3 -> cluster.restartAgent(agent);
        case 4 -> cluster.restartMaster();
        case 5 -> cluster.restartServices();
        default ->
            cluster.runningTasks().stream().findFirst().ifPresent(task -> cluster.endTask(task, 1));
      }
      cluster.run(Duration.ofSeconds(1 + random.nextInt(60)));
    }
    for (int agent = 0; agent < AGENTS; agent++) {
      if (cut[agent]) {
        cluster.healAgent(agent);
      }
    }
    // Longer than any back-off, silence or reconciliation interval.
    cluster.run(Duration.ofMinutes(25));
    cluster.requireSettled();
    return cluster.simulation().history();
  }
}

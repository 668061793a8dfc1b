package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.simulation.cluster.PlantedBug;
import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.nemesis.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Minutes of random faults, then healing: every promise is kept, from every seed. */
class RandomFaultsTest {
  private static final Duration STORM = Duration.ofMinutes(10);
  private static final Duration BUDGET = Duration.ofSeconds(60);
  private static final int THREADS = 2;

  /** More than the budget lets run. */
  private static final int FRESH_MAX = 100_000;

  /** Seeds that once failed stay here for good. */
  private static final long[] KEPT = {
    1,
    2,
    3,
    10,
    11,
    19,
    22,
    23,
    39,
    45,
    46,
    51,
    52,
    105,
    138,
    185,
    187,
    288,
    296,
    316,
    360,
    362,
    365,
    418,
    1092,
    253081844163L,
    744819955199L
  };

  private static SeedRun.Plan plan(long seed) {
    return SeedRun.Plan.of(seed, STORM, SimulatedCluster.Size.USUAL);
  }

  @Test
  void everyPromiseIsKeptFromSeedsThatOnceFailed() throws InterruptedException {
    requireNoFailure(LongStream.of(KEPT).mapToObj(RandomFaultsTest::plan).toList());
  }

  @Test
  void everyPromiseIsKeptFromFreshSeeds() throws InterruptedException {
    Long one = Long.getLong("simulation.seed");
    if (one != null) {
      requireNoFailure(List.of(plan(one)));
      return;
    }
    long first = new SplittableRandom().nextLong(1, 1L << 40);
    List<SeedRun.Plan> plans = new ArrayList<>();
    LongStream.range(first, first + FRESH_MAX).forEach(seed -> plans.add(plan(seed)));
    requireNoFailure(plans);
  }

  @SuppressWarnings("SystemOut") // CI is to show the seeds
  private static void requireNoFailure(List<SeedRun.Plan> plans) throws InterruptedException {
    long begin = System.nanoTime();
    Campaign.Result result = new Campaign(THREADS, false, Optional.of(BUDGET), _ -> {}).run(plans);
    Report report = new Report(System.out);
    report.summary(result, plans.getFirst().seed(), Duration.ofNanos(System.nanoTime() - begin));
    for (SeedRun.Outcome failed : result.failed()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      new Report(new PrintStream(text, true, StandardCharsets.UTF_8)).failure(failed);
      throw new AssertionError(text.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void theSameSeedGivesTheSameHistoryByteForByteAndAnotherAnother() {
    List<String> once = SeedRun.run(plan(42), true).history();
    assertThat(once).hasSizeGreaterThan(1000);
    assertThat(SeedRun.run(plan(42), true).history()).isEqualTo(once);
    assertThat(SeedRun.run(plan(43), true).history()).isNotEqualTo(once);
  }

  @Test
  void tracingChangesNothing() {
    assertThat(SeedRun.run(plan(42), true).fingerprint())
        .isEqualTo(SeedRun.run(plan(42), false).fingerprint());
  }

  @Test
  void healedFaultsLeaveTheClusterAsNoFaultsDo() {
    SeedRun.Outcome stormy = SeedRun.run(plan(44), false);
    SeedRun.Outcome calm = SeedRun.run(plan(44).withFaults(List.of()), false);
    assertThat(calm.failure()).isEmpty();
    assertThat(stormy.end()).isPresent().isEqualTo(calm.end());
  }

  @Test
  void aFailureIsShownWithTheFewestFaultsThatLeadToIt() {
    SeedRun.Outcome failed =
        LongStream.range(1, 100)
            .mapToObj(
                seed -> SeedRun.run(plan(seed).withPlanted(PlantedBug.CHECKPOINT_NOT_READ), false))
            .filter(outcome -> outcome.failure().isPresent())
            .findFirst()
            .orElseThrow();
    SeedRun.Plan fewest = new Shrinker(100).shrink(failed.plan(), failed.failure().orElseThrow());
    List<Fault> faults = fewest.faults();
    assertThat(faults).hasSizeLessThanOrEqualTo(3);
    assertThat(SeedRun.run(fewest, false).failure().orElseThrow().invariant())
        .isEqualTo(failed.failure().orElseThrow().invariant());
  }
}

package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.nemesis.FaultKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A crash at a moment of every kind, out of all the moments of a run. */
class SweepTest {
  private static final int AGENTS = 4;
  private static final int MOMENTS = 250;

  @Test
  void aCrashAtAnyDurableWriteOrBetweenAnyTwoStepsBreaksNoPromise() throws InterruptedException {
    SeedRun.Plan plan =
        SeedRun.Plan.of(5, Duration.ofMinutes(2), SimulatedCluster.Size.USUAL.withAgents(AGENTS));
    List<SeedRun.Plan> plans = new Sweep(plan).plans(MOMENTS);
    assertThat(plans).hasSizeGreaterThanOrEqualTo(MOMENTS);
    assertThat(plans.stream().map(one -> one.faults().getLast().kind()).collect(Collectors.toSet()))
        .contains(
            FaultKind.MASTER_CRASH,
            FaultKind.SERVICES_CRASH,
            FaultKind.AGENT_CRASH,
            FaultKind.MACHINE_CRASH);
    Campaign.Result result = new Campaign(2, false, Optional.empty(), _ -> {}).run(plans);
    assertThat(result.failed()).isEmpty();
  }
}

package io.mesocosm.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.bench.cluster.SimulatedScheduler.Manner;
import io.mesocosm.bench.wire.Loop;
import io.mesocosm.master.shell.MasterOptions;
import io.mesocosm.master.shell.MasterProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three simulated agents and a scheduler go from one real master to the next, in this process. */
class TinyFailoverTest {
  private static final Sizes SIZES = new Sizes(3, 4);
  private static final int KEPT_FREE = 1;
  private static final int TASKS = SIZES.agents() * (SIZES.slotsPerAgent() - KEPT_FREE);

  @TempDir private Path folder;
  private final Loop loop = new Loop("tiny-failover");
  private final FailoverWitness witness = new FailoverWitness(SIZES.agents());

  @AfterEach
  void stop() {
    loop.close();
  }

  private MasterProcess master() {
    return MasterProcess.start(
        MasterOptions.parse(
            List.of("--ip=127.0.0.1", "--port=0", "--work_dir=" + folder.resolve("work"))),
        InstantSource.system(),
        new SplittableRandom(1),
        failure -> {
          throw new AssertionError(failure);
        });
  }

  private static InetSocketAddress address(MasterProcess master) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), master.port());
  }

  @Test
  void agentsSchedulerAndTasksComeBackToTheNextLeaderUndisturbed() throws Exception {
    MasterProcess first = master();
    AgentFleet fleet = new AgentFleet(loop, address(first), SIZES, 0, true);
    SimulatedScheduler scheduler =
        new SimulatedScheduler(loop, address(first), fleet, "tiny", true, 1);
    loop.call(
            () -> {
              fleet.tell(witness);
              fleet.comeBackLikeRealAgents(Duration.ofSeconds(1), new SplittableRandom(1));
              scheduler.tell(witness);
              scheduler.keepFree(KEPT_FREE);
              fleet.connectAll();
              scheduler.connect(Manner.LAUNCH);
              return fleet.runningAcknowledged().at(TASKS);
            })
        .get(30, TimeUnit.SECONDS);

    CompletableFuture<Long> back =
        loop.call(() -> {
          scheduler.from(Manner.DECLINE);
          return witness.begin(() -> scheduler.reconcile(witness.tasks()));
        });
    first.close();
    MasterProcess next = master();
    loop.execute(() -> {
      scheduler.leaderIs(address(next));
      fleet.leaderIs(address(next));
    });
    back.get(30, TimeUnit.SECONDS);

    assertThat(loop.call(witness::tasks)).hasSize(TASKS);
    assertThat(loop.call(witness::disturbed)).isZero();
    assertThat(loop.call(fleet::taskCount)).isEqualTo(TASKS);
    assertThat(loop.call(witness::lastTask)).isPresent();
    assertThat(loop.call(witness::firstAgent)).isLessThanOrEqualTo(loop.call(witness::lastAgent));
    assertThat(loop.call(witness::firstOffer)).isLessThanOrEqualTo(loop.call(witness::lastOffer));
    loop.execute(fleet::close);
    loop.execute(scheduler::close);
    next.close();
  }
}

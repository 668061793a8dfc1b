package io.mesocosm.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.bench.cluster.SimulatedScheduler.Manner;
import io.mesocosm.bench.wire.Loop;
import io.mesocosm.master.shell.MasterOptions;
import io.mesocosm.master.shell.MasterProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three simulated agents and one scheduler against a real master in this process. */
class TinyClusterTest {
  private static final Sizes SIZES = new Sizes(3, 4);

  private final Loop loop = new Loop("tiny");
  private MasterProcess process;

  @BeforeEach
  void start(@TempDir Path folder) {
    process =
        MasterProcess.start(
            MasterOptions.parse(
                List.of("--ip=127.0.0.1", "--port=0", "--work_dir=" + folder.resolve("work"))),
            InstantSource.system(),
            new SplittableRandom(1),
            failure -> {
              throw new AssertionError(failure);
            });
  }

  @AfterEach
  void stop() {
    loop.close();
    process.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everySlotIsFilledAcknowledgedAndEmptiedAgain(boolean batches) {
    InetSocketAddress master =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), process.port());
    AgentFleet fleet = new AgentFleet(loop, master, SIZES, 0, batches);
    SimulatedScheduler scheduler =
        new SimulatedScheduler(loop, master, fleet, "tiny", batches, batches ? 1 : 2);

    reach(() -> {
      fleet.connectAll();
      return fleet.subscriptions().more(SIZES.agents());
    });
    reach(() -> {
      scheduler.connect(Manner.LAUNCH);
      return fleet.runningAcknowledged().more(SIZES.capacity());
    });
    assertThat(loop.call(fleet::taskCount)).isEqualTo(SIZES.capacity());
    reach(() -> {
      scheduler.suppress();
      fleet.finishAll();
      return fleet.endAcknowledged().more(SIZES.capacity());
    });

    assertThat(loop.call(scheduler::batches)).isEqualTo(batches);
    assertThat(loop.call(fleet::troubles)).isEmpty();
    assertThat(loop.call(scheduler::troubles)).isEmpty();
    loop.execute(fleet::close);
    loop.execute(scheduler::close);
  }

  private void reach(Supplier<CompletableFuture<Long>> action) {
    Progress.await(loop.call(action), 30, () -> "a tiny cluster");
  }
}

package io.mesocosm.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CpuTimeTest {
  @Test
  void thisProcessHasUsedSomeAndItsThreadsNoMore() {
    long pid = ProcessHandle.current().pid();

    double threads =
        CpuTime.secondsByThread(pid).values().stream().mapToDouble(Double::doubleValue).sum();

    assertThat(threads).isPositive();
    assertThat(CpuTime.seconds(pid)).isPositive();
    assertThat(CpuTime.machineSeconds()).isGreaterThan(CpuTime.seconds(pid));
  }

  @Test
  void aProcessThatIsGoneUsesNone() {
    assertThat(CpuTime.seconds(Long.MAX_VALUE)).isZero();
    assertThat(CpuTime.secondsByThread(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void theBusiestThreadsComeFirstAndIdleOnesNotAtAll() {
    assertThat(
            CpuTime.busiest(
                Map.of("core", 1.0, "idle", 4.0),
                Map.of("core", 1.5, "idle", 4.0, "store", 3.0),
                5))
        .containsExactly(Map.entry("store", 3.0), Map.entry("core", 0.5));
  }
}

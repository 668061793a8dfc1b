package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.simulation.nemesis.Fault;
import io.mesocosm.simulation.nemesis.FaultKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulateOptionsTest {
  @Test
  void everythingHasADefault() {
    SimulateOptions options = SimulateOptions.parse(List.of());
    assertThat(options.seeds()).isEqualTo(100);
    assertThat(options.storm()).isEqualTo(Duration.ofMinutes(10));
    assertThat(options.agents()).isEqualTo(10);
    assertThat(options.first()).isPositive();
  }

  @Test
  void oneSeedCanBeTraced() {
    SimulateOptions options =
        SimulateOptions.parse(List.of("--seed", "7", "--trace", "--minutes", "3"));
    assertThat(options.first()).isEqualTo(7);
    assertThat(options.seeds()).isEqualTo(1);
    assertThat(options.trace()).isTrue();
    assertThat(options.plan(7).storm()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void aKindOfFaultCanBeLeftOut() {
    SimulateOptions options = SimulateOptions.parse(List.of("--ignore", "PAUSE"));
    assertThat(options.plan(7).faults()).extracting(Fault::kind).doesNotContain(FaultKind.PAUSE);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> SimulateOptions.parse(List.of("--sedes", "7")))
        .hasMessageContaining("--sedes");
    assertThatThrownBy(() -> SimulateOptions.parse(List.of("--seeds", "many")))
        .hasMessageContaining("'many'");
    assertThatThrownBy(() -> SimulateOptions.parse(List.of("--seeds")))
        .hasMessageContaining("needs a value");
    assertThatThrownBy(() -> SimulateOptions.parse(List.of("--trace")))
        .hasMessageContaining("--seed");
  }
}

package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExecutorPhaseTest {
  private static final Map<ExecutorPhase, Set<ExecutorPhase>> TABLE =
      Map.of(
          ExecutorPhase.REGISTERING,
          EnumSet.of(ExecutorPhase.RUNNING, ExecutorPhase.TERMINATING, ExecutorPhase.TERMINATED),
          ExecutorPhase.RUNNING,
          EnumSet.of(ExecutorPhase.TERMINATING, ExecutorPhase.TERMINATED),
          ExecutorPhase.TERMINATING,
          EnumSet.of(ExecutorPhase.TERMINATED),
          ExecutorPhase.TERMINATED,
          EnumSet.noneOf(ExecutorPhase.class));

  @Test
  void onlyTheTransitionsOfTheTableAreAllowed() {
    for (ExecutorPhase from : ExecutorPhase.values()) {
      for (ExecutorPhase to : ExecutorPhase.values()) {
        assertThat(from.mayBecome(to))
            .as(from + " to " + to)
            .isEqualTo(TABLE.getOrDefault(from, Set.of()).contains(to));
      }
    }
  }
}

package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever failed once is tried for good. */
class KeptFailuresTest {
  static List<Path> kept() throws IOException, URISyntaxException {
    URI folder =
        Objects.requireNonNull(KeptFailuresTest.class.getResource("/failures"), "failures").toURI();
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.sorted().toList();
    }
  }

  private static SeedRun.Plan read(Path file) {
    try {
      return KeptFailure.parse(Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("kept")
  void aRunThatFailedOnceDoesNotAnyMore(Path file) {
    assertThat(SeedRun.run(read(file), false).failure()).as(file.toString()).isEmpty();
  }

  @Test
  void aRunIsReadAsItWasWritten() {
    SeedRun.Plan plan =
        SeedRun.Plan.of(7, Duration.ofMinutes(3), SimulatedCluster.Size.USUAL.withAgents(4));
    assertThat(plan.faults()).isNotEmpty();
    assertThat(KeptFailure.parse(KeptFailure.lines(plan))).isEqualTo(plan);
  }

  @Test
  void aLineThatIsNotUnderstoodIsNamed() {
    assertThatThrownBy(() -> KeptFailure.parse(List.of("run 1 storm PT1M agents 4", "fault now")))
        .hasMessageContaining("'fault now'");
    assertThatThrownBy(() -> KeptFailure.parse(List.of("# nothing")))
        .hasMessageContaining("no line 'run");
  }
}

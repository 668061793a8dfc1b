package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The promises are watched by somebody who can see them break. */
class PlantedBugsTest {
  private static final int SEEDS_MAX = 300;

  @Test
  void everyPlantedBugIsFound() throws InterruptedException {
    List<String> arguments =
        List.of("--seeds", "" + SEEDS_MAX, "--first", "1000", "--threads", "2");
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    boolean all =
        new PlantedBugs(
                SimulateOptions.parse(arguments),
                new PrintStream(table, true, StandardCharsets.UTF_8))
            .run();
    assertThat(all).as(table.toString(StandardCharsets.UTF_8)).isTrue();
  }
}

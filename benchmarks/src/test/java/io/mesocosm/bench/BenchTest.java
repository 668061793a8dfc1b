package io.mesocosm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
  private final StringWriter printed = new StringWriter();
  private final CommandLine line =
      new CommandLine(new Bench())
          .setOut(new PrintWriter(printed, true))
          .setErr(new PrintWriter(printed, true));

  @Test
  void theScriptListsTheSameBenchmarks() throws Exception {
    assertThat(line.execute("--list")).isZero();

    assertThat(Files.readString(Path.of("..", "bench"))).contains(printed.toString());
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThat(line.execute("nonsense")).isEqualTo(2);
    assertThat(printed.toString()).contains("no benchmark nonsense");
  }

  @Test
  void aDurationThatIsNoneIsRefused() {
    assertThat(line.execute("failover", "--session=soon")).isEqualTo(2);
    assertThat(printed.toString()).contains("--session", "soon");
  }

  @Test
  void theHelpHasTheOptionsOfTheFailover() {
    assertThat(line.execute("--help")).isZero();
    assertThat(printed.toString()).contains("--tasks", "--session", "2s", "IN_MASTERS", "APART");
  }
}

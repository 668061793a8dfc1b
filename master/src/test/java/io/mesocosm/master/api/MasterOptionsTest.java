package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.master.shell.MasterOptions;
import io.mesocosm.master.shell.MasterProcess;
import io.mesocosm.runtime.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterOptionsTest {
  @Test
  void defaultsAreTheOriginalsButForTheAllocationInterval() {
    MasterOptions options = MasterOptions.parse(List.of());

    assertThat(options.http().port()).isEqualTo(5050);
    assertThat(options.core().pingInterval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(options.core().pingsMissedMax()).isEqualTo(5);
    assertThat(options.core().allocationInterval()).isEqualTo(Duration.ofMillis(20));
    assertThat(options.core().offerTimeout()).isEmpty();
    assertThat(options.core().completedFrameworksMax()).isEqualTo(50);
    assertThat(options.flagTexts()).containsEntry("port", "5050").doesNotContainKey("hostname");
  }

  @Test
  void everythingWrongIsReportedAtOnce() {
    assertThatThrownBy(() -> MasterOptions.parse(List.of("--port=x", "--prot=1")))
        .isInstanceOf(Flags.InvalidFlagsException.class)
        .hasMessageContaining("--port=x")
        .hasMessageContaining("--prot");
  }

  @Test
  void theWorkDirectoryIsMade(@TempDir Path parent) {
    Path workDir = parent.resolve("a/b");

    start("--work_dir=" + workDir).close();

    assertThat(workDir).isDirectory();
  }

  @Test
  void aWorkDirectoryThatCannotBeMadeIsNamed(@TempDir Path parent) throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "x");

    assertThatThrownBy(() -> start("--work_dir=" + file.resolve("b")))
        .hasMessageContaining("--work_dir=")
        .hasMessageContaining("give a directory");
  }

  @Test
  void aTakenPortIsNamed() {
    try (MasterProcess first = start("--cluster=a")) {
      assertThatThrownBy(() -> start("--port=" + first.port()))
          .hasMessageContaining(Integer.toString(first.port()))
          .hasMessageContaining("taken");
    }
  }

  @Test
  void listeningBeyondThisMachineTakesAuthenticationOrAWordThatItIsMeant() {
    MasterOptions open = MasterOptions.parse(List.of("--port=0", "--ip=0.0.0.0"));

    assertThatThrownBy(
            () -> MasterProcess.start(open, InstantSource.system(), new Random(1), _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0.0.0")
        .hasMessageContaining("--insecure");
  }

  @Test
  void anAllocatorThatIsNoneIsNamed() {
    assertThatThrownBy(() -> start("--allocator=java.lang.String"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.String");
  }

  private static MasterProcess start(String argument) {
    return MasterProcess.start(
        MasterOptions.parse(List.of("--port=0", "--ip=127.0.0.1", argument)),
        InstantSource.system(),
        new Random(1),
        _ -> {});
  }
}

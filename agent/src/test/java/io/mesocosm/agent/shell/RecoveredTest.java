package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.agent.StoredState;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveredTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(7));

  @TempDir private Path folder;

  private void damage() throws Exception {
    new StateFile(folder).write(StoredState.NONE);
    Files.writeString(folder.resolve("meta/resources/resources.state"), "damaged");
  }

  private AgentOptions options(String... more) {
    List<String> flags =
        new java.util.ArrayList<>(List.of("--master=127.0.0.1:1", "--work_dir=" + folder));
    flags.addAll(List.of(more));
    return AgentOptions.parse(flags);
  }

  @Test
  void soundStateIsTaken() throws Exception {
    assertThat(Recovered.from(folder, true, CLOCK)).isEqualTo(new Recovered(StoredState.NONE, 0));
  }

  @Test
  void damagedStateIsFatal() throws Exception {
    damage();

    assertThatThrownBy(() -> Recovered.from(folder, true, CLOCK))
        .hasMessageContaining("is damaged")
        .hasMessageContaining("--no-strict");
  }

  @Test
  void damagedStateIsGivenUpAndCountedIfThatIsWished() throws Exception {
    damage();

    assertThat(Recovered.from(folder, false, CLOCK)).isEqualTo(new Recovered(StoredState.NONE, 1));
    assertThat(folder.resolve("meta/resources/resources.state.damaged-7")).hasContent("damaged");
    assertThat(Recovered.from(folder, true, CLOCK)).isEqualTo(new Recovered(StoredState.NONE, 0));
  }

  @Test
  void strictnessIsTheDefault() {
    assertThat(options().strict()).isTrue();
    assertThat(options("--no-strict").strict()).isFalse();
  }

  @Test
  void agentThatOnlyCleansUpDoesNotStart() {
    try (ProcessContainerizer engine = new ProcessContainerizer(folder.resolve("containers"))) {
      assertThatThrownBy(() ->
              AgentProcess.start(
                  options("--recover=cleanup", "--port=0", "--containerizers=mesos"),
                  new Containerizers(Optional.of(engine), Optional.empty()),
                  InstantSource.system(),
                  new SplittableRandom(1),
                  _ -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no container of an earlier agent");
    }
  }

  @Test
  void otherWaysToRecoverAreRefused() {
    assertThatThrownBy(() -> options("--recover=maybe"))
        .hasMessage("--recover=maybe is not valid: expected reconnect or cleanup");
  }
}

package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerizersTest {
  private final List<String> cleaned = new ArrayList<>();
  private final Containerizers engines =
      new Containerizers(Optional.of(new Engine("process")), Optional.of(new Engine("docker")));

  /** An engine that can be cleaned, and nothing else. */
  private final class Engine implements Containerizer {
    private final String name;

    Engine(String name) {
      this.name = name;
    }

    @Override
    public StartedContainer launch(ContainerSpec spec) {
      throw new AssertionError("nothing is launched here");
    }

    @Override
    public ContainerExit await(ContainerId id) {
      throw new AssertionError("nothing runs here");
    }

    @Override
    public void stop(ContainerId id, Duration grace) {
      throw new AssertionError("nothing runs here");
    }

    @Override
    public void destroy(ContainerId id) {
      throw new AssertionError("nothing runs here");
    }

    @Override
    public int execute(ContainerId id, List<String> command, Duration timeout) {
      throw new AssertionError("nothing runs here");
    }

    @Override
    public void removeOrphans() {
      cleaned.add(name);
    }

    @Override
    public void close() {}
  }

  @Test
  void everyEngineIsRidOfItsOrphans() throws Exception {
    engines.removeOrphans(true);

    assertThat(cleaned).containsExactly("process", "docker");
  }

  @Test
  void dockerMayKeepItsOrphans() throws Exception {
    engines.removeOrphans(false);

    assertThat(cleaned).containsExactly("process");
  }
}

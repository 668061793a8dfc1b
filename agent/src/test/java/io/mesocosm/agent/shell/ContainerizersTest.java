package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContainerizersTest {
  private static final ContainerId ONE = new ContainerId("one");
  private static final ContainerId TWO = new ContainerId("two");
  private static final ContainerId THREE = new ContainerId("three");

  /** An engine that can recover and destroy, and nothing else. */
  private static final class Engine implements Containerizer {
    private final Map<ContainerId, RecoveredContainer> known;
    private final List<ContainerId> destroyed = new ArrayList<>();

    Engine(Map<ContainerId, RecoveredContainer> known) {
      this.known = known;
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
      destroyed.add(id);
    }

    @Override
    public int execute(ContainerId id, List<String> command, Duration timeout) {
      throw new AssertionError("nothing runs here");
    }

    @Override
    public Map<ContainerId, RecoveredContainer> recover(Set<ContainerId> wanted) {
      assertThat(wanted).containsExactlyInAnyOrder(ONE, TWO, THREE);
      return known;
    }

    @Override
    public void close() {}
  }

  @Test
  void eachContainerIsFoundAtTheEngineThatRanIt() throws Exception {
    RecoveredContainer never = new RecoveredContainer.NeverStarted(ONE);
    RecoveredContainer one = new RecoveredContainer.Vanished(ONE, "gone");
    RecoveredContainer two = new RecoveredContainer.Vanished(TWO, "gone");
    Engine process = new Engine(Map.of(ONE, never, TWO, two));
    Engine docker = new Engine(Map.of(ONE, one, TWO, new RecoveredContainer.NeverStarted(TWO)));

    assertThat(
            new Containerizers(Optional.of(process), Optional.of(docker))
                .recover(Set.of(ONE, TWO, THREE)))
        .containsOnlyKeys(ONE, TWO)
        .containsEntry(ONE, new Containerizers.Found(one, docker))
        .containsEntry(TWO, new Containerizers.Found(two, process));
  }

  @Test
  void eachContainerIsKilledByTheEngineThatRanIt() throws Exception {
    Engine process = new Engine(Map.of(ONE, new RecoveredContainer.Vanished(ONE, "gone")));
    Engine docker =
        new Engine(Map.of(TWO, new RecoveredContainer.Ended(ContainerExit.exited(TWO, 0))));

    new Containerizers(Optional.of(process), Optional.of(docker)).killAll(Set.of(ONE, TWO, THREE));

    assertThat(process.destroyed).containsExactly(ONE);
    assertThat(docker.destroyed).containsExactly(TWO);
  }
}

package io.mesocosm.agent.shell;

import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.Containerizer;
import java.util.Optional;

/**
 * The engines of one agent. Whoever made them closes them, after the agent.
 *
 * @param process for plain processes; absent where {@code --containerizers} lacks {@code mesos}
 * @param docker absent where {@code --containerizers} lacks {@code docker}
 */
public record Containerizers(Optional<Containerizer> process, Optional<Containerizer> docker) {

  /** The engine for a container; the core asks for none that is not there. */
  Containerizer of(ContainerLaunch launch) {
    return (launch.docker().isPresent() ? docker : process)
        .orElseThrow(() -> new IllegalStateException("no engine for container " + launch.id()));
  }

  /**
   * @param dockerToo whether Docker containers are orphans too
   */
  void removeOrphans(boolean dockerToo) throws ContainerException, InterruptedException {
    if (process.isPresent()) {
      process.get().removeOrphans();
    }
    if (docker.isPresent() && dockerToo) {
      docker.get().removeOrphans();
    }
  }
}

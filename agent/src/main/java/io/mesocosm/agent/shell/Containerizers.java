package io.mesocosm.agent.shell;

import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.Containerizer;
import java.util.Optional;
import java.util.stream.Stream;

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

  void removeOrphans() throws ContainerException, InterruptedException {
    for (Containerizer engine : Stream.concat(process.stream(), docker.stream()).toList()) {
      engine.removeOrphans();
    }
  }
}

package io.mesocosm.agent.shell;

import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.model.ContainerId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The engines of one agent. Whoever made them closes them, after the agent.
 *
 * @param process for plain processes; absent where {@code --containerizers} lacks {@code mesos}
 * @param docker absent where {@code --containerizers} lacks {@code docker}
 */
public record Containerizers(Optional<Containerizer> process, Optional<Containerizer> docker) {

  /** A container of an earlier run, and the engine that knows it. */
  record Found(RecoveredContainer container, Containerizer engine) {}

  /** The engine for a container; the core asks for none that is not there. */
  Containerizer of(ContainerLaunch launch) {
    return (launch.docker().isPresent() ? docker : process)
        .orElseThrow(() -> new IllegalStateException("no engine for container " + launch.id()));
  }

  /**
   * Finds containers of an earlier run again and kills its others; see {@link
   * Containerizer#recover}.
   */
  SortedMap<ContainerId, Found> recover(Set<ContainerId> wanted)
      throws ContainerException, InterruptedException {
    SortedMap<ContainerId, Found> found = new TreeMap<>();
    for (Containerizer engine : Stream.concat(process.stream(), docker.stream()).toList()) {
      engine
          .recover(wanted)
          .forEach((id, container) -> {
            // One engine remembers a launch that never came to be, another may run it.
            if (!(container instanceof RecoveredContainer.NeverStarted) || !found.containsKey(id)) {
              found.put(id, new Found(container, engine));
            }
          });
    }
    return found;
  }

  /** Kills containers of an earlier run, and its others as {@link #recover} does. */
  void killAll(Set<ContainerId> wanted) throws ContainerException, InterruptedException {
    for (Map.Entry<ContainerId, Found> found : recover(wanted).entrySet()) {
      found.getValue().engine().destroy(found.getKey());
    }
  }
}

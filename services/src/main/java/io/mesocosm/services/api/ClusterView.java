package io.mesocosm.services.api;

import io.mesocosm.services.explain.Cluster;
import java.util.Optional;

/** What the master says of its agents and of the roles' quotas. Thread-safe. */
@FunctionalInterface
public interface ClusterView {
  /** Knows nothing. */
  ClusterView NONE = Optional::empty;

  /**
   * As it is now. Waits for the master, a few seconds at the most.
   *
   * @return nothing if the master cannot be asked, or does not tell us
   */
  Optional<Cluster> look();
}

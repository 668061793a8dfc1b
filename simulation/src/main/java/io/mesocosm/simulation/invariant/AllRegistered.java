package io.mesocosm.simulation.invariant;

import io.mesocosm.master.MasterSnapshot;
import java.util.Optional;

/** A master leads, and all agents are with it. */
final class AllRegistered extends Invariant {
  AllRegistered() {
    super("all agents are registered with the leader");
  }

  @Override
  public Optional<String> unsettled(ClusterView cluster) {
    long connected =
        cluster.master().stream()
            .flatMap(master -> master.agents().values().stream())
            .filter(MasterSnapshot.AgentView::connected)
            .count();
    return connected == cluster.agents()
        ? Optional.empty()
        : Optional.of(connected + " of " + cluster.agents() + " agents are connected");
  }
}

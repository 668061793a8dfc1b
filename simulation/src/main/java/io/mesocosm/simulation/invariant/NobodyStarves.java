package io.mesocosm.simulation.invariant;

import java.util.List;
import java.util.Optional;

/** Whoever wants to launch gets what it takes, and every launch comes to an end or to run. */
final class NobodyStarves extends Invariant {
  NobodyStarves() {
    super("no framework starved");
  }

  @Override
  public Optional<String> unsettled(ClusterView cluster) {
    List<String> waiting =
        cluster.oneOffs().stream()
            .filter(ClusterView.OneOff::known)
            .filter(task -> !task.launched())
            .map(ClusterView.OneOff::task)
            .toList();
    return waiting.isEmpty()
        ? Optional.empty()
        : Optional.of(
            waiting.size() + " tasks have had no offer, the first is " + waiting.getFirst());
  }
}

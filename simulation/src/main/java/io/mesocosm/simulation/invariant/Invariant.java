package io.mesocosm.simulation.invariant;

import java.util.Optional;

/** One promise of the cluster: watched at every step, and looked at again when all is calm. */
public abstract class Invariant implements Observer {
  private final String name;

  protected Invariant(String name) {
    this.name = name;
  }

  /** A few words that say what is promised. */
  public final String name() {
    return name;
  }

  /**
   * What still keeps the cluster from what was promised, when all faults are over. Asked again and
   * again until the time that is allowed for it has passed.
   */
  public Optional<String> unsettled(ClusterView cluster) {
    return Optional.empty();
  }

  protected final void violated(String message) {
    throw new Violation(name, message);
  }
}

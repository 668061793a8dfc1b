package io.mesocosm.simulation.invariant;

/** A promise is broken. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  private final String invariant;

  public Violation(String invariant, String message) {
    super(invariant + ": " + message);
    this.invariant = invariant;
  }

  /** The name of the promise. */
  public String invariant() {
    return invariant;
  }
}

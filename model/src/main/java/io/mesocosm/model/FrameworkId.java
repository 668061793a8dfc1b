package io.mesocosm.model;

/**
 * Names a framework, in the shape {@code <master id>-0000}, or whatever a framework brings along
 * after a fail-over. Ordered by its text, so that collections of it iterate in one order
 * everywhere.
 */
public record FrameworkId(String value) implements Comparable<FrameworkId> {
  public FrameworkId {
    Identifiers.requireValid("framework id", value);
  }

  @Override
  public int compareTo(FrameworkId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

package io.mesocosm.model;

/**
 * Names a container, a UUID in text. Ordered by its text, so that collections of it iterate in one
 * order everywhere.
 */
public record ContainerId(String value) implements Comparable<ContainerId> {
  public ContainerId {
    Identifiers.requireValid("container id", value);
  }

  @Override
  public int compareTo(ContainerId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

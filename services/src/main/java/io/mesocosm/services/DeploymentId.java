package io.mesocosm.services;

/** Names a deployment: a UUID in lower case. */
public record DeploymentId(String value) implements Comparable<DeploymentId> {
  public DeploymentId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("deployment id must not be empty");
    }
  }

  @Override
  public int compareTo(DeploymentId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

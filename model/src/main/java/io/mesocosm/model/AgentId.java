package io.mesocosm.model;

/**
 * Names an agent, in the shape {@code <master id>-S0}. Ordered by its text, so that collections of
 * it iterate in one order everywhere.
 */
public record AgentId(String value) implements Comparable<AgentId> {
  public AgentId {
    Identifiers.requireValid("agent id", value);
  }

  @Override
  public int compareTo(AgentId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

package io.mesocosm.model;

/**
 * Names an executor, chosen by its framework; of a command task it is the task's own id. Ordered by
 * its text, so that collections of it iterate in one order everywhere.
 */
public record ExecutorId(String value) implements Comparable<ExecutorId> {
  public ExecutorId {
    Identifiers.requireValid("executor id", value);
  }

  @Override
  public int compareTo(ExecutorId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

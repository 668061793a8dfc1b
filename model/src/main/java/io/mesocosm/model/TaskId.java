package io.mesocosm.model;

/**
 * Names a task, chosen by its framework. Ordered by its text, so that collections of it iterate in
 * one order everywhere.
 */
public record TaskId(String value) implements Comparable<TaskId> {
  public TaskId {
    Identifiers.requireValid("task id", value);
  }

  @Override
  public int compareTo(TaskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

package io.mesocosm.master;

/**
 * Names one subscription's downstream, of a scheduler or an agent: the {@code Mesos-Stream-Id}.
 * Chosen by the shell, never used twice.
 */
public record StreamId(String value) implements Comparable<StreamId> {
  public StreamId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("stream id must not be empty");
    }
  }

  @Override
  public int compareTo(StreamId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

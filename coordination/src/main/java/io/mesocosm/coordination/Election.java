package io.mesocosm.coordination;

/** Membership in an election. Thread-safe. */
public interface Election extends AutoCloseable {
  /** Leaves: another member may lead at once. Idempotent; waits for a listener's call under way. */
  @Override
  void close();
}

package io.mesocosm.agent;

/** What came of one try of a {@link Probe}. */
public sealed interface ProbeResult {

  /** The command ended by itself. */
  record Exited(int exitCode) implements ProbeResult {}

  /** An HTTP server answered; after redirects, the last one. */
  record Answered(int statusCode) implements ProbeResult {}

  /** A connection could be opened. */
  record Connected() implements ProbeResult {}

  /**
   * A connection was refused.
   *
   * @param message for the task's owner
   */
  record Refused(String message) implements ProbeResult {}

  /**
   * There was no answer: it did not come in time, or the question could not even be put.
   *
   * @param message for the task's owner
   */
  record Unanswered(String message) implements ProbeResult {}
}

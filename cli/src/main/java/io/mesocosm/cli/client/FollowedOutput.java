package io.mesocosm.cli.client;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * What a task prints, copied as it comes. The task outlives a restart of its agent, and so does
 * this: while the agent does not answer, the output waits there.
 */
final class FollowedOutput {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SandboxFile stdout;
  private final SandboxFile stderr;
  private final PrintWriter out;
  private final PrintWriter err;
  private long answeredNanos = System.nanoTime();

  FollowedOutput(SandboxFile stdout, SandboxFile stderr, PrintWriter out, PrintWriter err) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.out = out;
    this.err = err;
  }

  /**
   * Prints what has been added.
   *
   * @return false if the agent did not answer this time
   * @throws CommandFailure if it has not for a minute
   */
  boolean copy() {
    try {
      stdout.copyTo(out);
      stderr.copyTo(err);
      answeredNanos = System.nanoTime();
      return true;
    } catch (CommandFailure e) {
      if (System.nanoTime() - answeredNanos > PATIENCE.toNanos()) {
        throw e;
      }
      return false;
    }
  }

  /** Prints all that is left, once nothing more will come. */
  void finish() {
    answeredNanos = System.nanoTime();
    while (!copy()) {
      SandboxFile.pause();
    }
  }
}

package io.mesocosm.cli.client;

/**
 * A command cannot do what it was asked. The message is one line for the person at the terminal.
 */
public final class CommandFailure extends RuntimeException {
  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** It was tried and failed: exit code 1. */
  public static CommandFailure failed(String message) {
    return new CommandFailure(1, message);
  }

  /** It was asked for in a way that cannot work: exit code 2. */
  public static CommandFailure misused(String message) {
    return new CommandFailure(2, message);
  }

  /** The same, for commands whose exit code 1 says something else. */
  CommandFailure asMisuse() {
    return misused(String.valueOf(getMessage()));
  }

  public int exitCode() {
    return exitCode;
  }
}

package io.mesocosm.services.app;

import java.util.List;

/** What is run, in either of two ways. */
public sealed interface CommandLine {
  /** By a shell. */
  record Shell(String text) implements CommandLine {}

  /** The program and its arguments, never empty. */
  record Argv(List<String> arguments) implements CommandLine {
    public Argv {
      arguments = List.copyOf(arguments);
    }
  }
}

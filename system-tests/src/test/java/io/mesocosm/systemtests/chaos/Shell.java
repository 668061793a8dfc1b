package io.mesocosm.systemtests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the small tools of the system that make and break networks and disks. */
final class Shell {
  private Shell() {}

  record Outcome(int exitCode, String output) {}

  /** Runs a command that must succeed. */
  static String run(String... command) {
    Outcome outcome = attempt(command);
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          String.join(" ", command)
              + " exited with "
              + outcome.exitCode()
              + ": "
              + outcome.output());
    }
    return outcome.output();
  }

  /** Runs a command whose failure tells something too. */
  static Outcome attempt(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", command) + " did not end");
      }
      return new Outcome(process.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at " + String.join(" ", command), e);
    }
  }
}

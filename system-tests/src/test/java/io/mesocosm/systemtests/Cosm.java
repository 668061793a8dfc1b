package io.mesocosm.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs as a person at a terminal would, the launcher above all. */
final class Cosm {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Cosm() {}

  /** What a program printed, and how it ended. */
  record Outcome(int exitCode, String out, String err) {
    String all() {
      return out + err;
    }
  }

  /** {@code ./cosm arguments…} */
  static Outcome cosm(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("cosm").toString()));
    command.addAll(List.of(arguments));
    return run(environment, command);
  }

  static Outcome run(Map<String, String> environment, List<String> command) {
    try {
      Path out = Files.createTempFile("out", ".txt");
      Path err = Files.createTempFile("err", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(
            command + " did not end: " + Files.readString(out) + Files.readString(err));
      }
      Outcome outcome =
          new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
      Files.delete(out);
      Files.delete(err);
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  /** Runs a program that must succeed, and returns what it printed to standard output. */
  static String succeed(String... command) {
    Outcome outcome = run(Map.of(), List.of(command));
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " exited with " + outcome.exitCode() + ": " + outcome.all());
    }
    return outcome.out().strip();
  }
}

package io.mesocosm.agent.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program of the machine, run in a sandbox as the user that owns it: what an archive unpacks to,
 * or where a name leads, must not become more than that user could do. Interrupting the caller ends
 * the program.
 */
final class SandboxProgram {
  private static final int COMPLAINT_MAX_BYTES = 1000;

  private final Path sandbox;
  private final List<String> prefix;

  /**
   * @param user absent: as the agent itself
   */
  SandboxProgram(Path sandbox, Optional<String> user) throws IOException, InterruptedException {
    this.sandbox = sandbox;
    this.prefix = user.isEmpty() ? List.of() : becoming(user.get());
  }

  /**
   * Runs a program to its end.
   *
   * @param input what it reads, to its end; absent for nothing
   * @throws IOException with what it complained of, if its exit code is not 0
   */
  void run(List<String> words, Optional<InputStream> input)
      throws IOException, InterruptedException {
    Path complaints = Files.createTempFile("fetch-", ".stderr");
    try {
      List<String> command = new ArrayList<>(prefix);
      command.addAll(words);
      Process process =
          new ProcessBuilder(command)
              .directory(sandbox.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(complaints.toFile())
              .start();
      try {
        feed(process, input);
        if (process.waitFor() != 0) {
          throw new IOException(
              words.getFirst() + " failed: " + complaint(complaints, process.exitValue()));
        }
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(complaints);
    }
  }

  private static void feed(Process process, Optional<InputStream> input)
      throws IOException, InterruptedException {
    try (OutputStream standardInput = process.getOutputStream()) {
      if (input.isPresent()) {
        input.get().transferTo(standardInput);
      }
    } catch (IOException e) {
      // Whoever does not take its input has ended, and says more about that than a broken pipe.
      if (!process.waitFor(1, TimeUnit.SECONDS) || process.exitValue() == 0) {
        throw e;
      }
    }
  }

  private static String complaint(Path complaints, int exitCode) throws IOException {
    try (InputStream text = Files.newInputStream(complaints)) {
      String said =
          new String(text.readNBytes(COMPLAINT_MAX_BYTES), StandardCharsets.UTF_8).strip();
      return said.isEmpty() ? "exited with status " + exitCode : said;
    }
  }

  private static List<String> becoming(String user) throws IOException, InterruptedException {
    if (user.equals(System.getProperty("user.name"))) {
      return List.of();
    }
    return List.of(
        "setpriv",
        "--reuid=" + number("-u", user),
        "--regid=" + number("-g", user),
        "--init-groups",
        "--");
  }

  /** The machine may know users from elsewhere than /etc/passwd; id(1) asks them all. */
  private static String number(String which, String user) throws IOException, InterruptedException {
    Process id = new ProcessBuilder("id", which, "--", user).redirectErrorStream(true).start();
    byte[] answer = id.getInputStream().readNBytes(COMPLAINT_MAX_BYTES);
    String text = new String(answer, StandardCharsets.UTF_8).strip();
    if (id.waitFor() != 0) {
      throw new IOException("user " + user + " cannot be looked up: " + text);
    }
    return text;
  }
}

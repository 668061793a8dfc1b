package io.mesocosm.cli.local;

import io.mesocosm.cli.client.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Starts a local cluster in a process of its own and waits until it says how it went. */
final class DetachedStart {
  private static final Duration POLL = Duration.ofMillis(50);

  private final LocalLayout layout;
  private final PrintWriter out;

  DetachedStart(LocalLayout layout, PrintWriter out) {
    this.layout = layout;
    this.out = out;
  }

  /** Returns 0 when all is healthy; fails with the reason otherwise. */
  int start(List<String> arguments, Duration timeout) throws IOException, InterruptedException {
    Optional<LocalStatus> earlier = LocalStatus.read(layout.status());
    if (earlier.flatMap(LocalStatus::process).isPresent()) {
      throw CommandFailure.failed(
          "a local cluster runs in "
              + layout.workDir()
              + " already (pid "
              + earlier.get().pid()
              + "): stop it with cosm local stop");
    }
    layout.prepare();
    Files.deleteIfExists(layout.status());
    Files.deleteIfExists(layout.output());
    // A session of its own, so that neither Ctrl-C nor closing this terminal reaches it.
    List<String> command = new ArrayList<>(List.of("setsid", launcher().toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("COSM_DETACHED", "true");
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectErrorStream(true).redirectOutput(layout.output().toFile());
    Process child = builder.start();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      boolean exited = child.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
      Optional<LocalStatus> status = LocalStatus.read(layout.status());
      if (status.isPresent() && status.get().phase() == LocalStatus.Phase.READY) {
        out.print(Files.readString(layout.output()));
        out.flush();
        return 0;
      }
      if (status.isPresent() && status.get().phase() == LocalStatus.Phase.UNHEALTHY) {
        throw CommandFailure.failed(status.get().message());
      }
      if (exited) {
        throw CommandFailure.failed(lastLine());
      }
    }
    throw CommandFailure.failed(
        "the cluster did not get ready within " + timeout.toSeconds() + " s: see " + layout.logs());
  }

  private String lastLine() throws IOException {
    List<String> lines =
        Files.exists(layout.output()) ? Files.readAllLines(layout.output()) : List.of();
    return lines.isEmpty()
        ? "the cluster ended without a word: see " + layout.logs()
        : lines.getLast().replaceFirst("^cosm: ", "");
  }

  private static Path launcher() {
    String launcher = System.getProperty("cosm.launcher");
    if (launcher == null) {
      throw CommandFailure.failed(
          "--detach needs the cosm launcher script: start with ./cosm rather than java");
    }
    return Path.of(launcher);
  }
}

package io.mesocosm.cli.local;

import io.mesocosm.cli.client.CommandFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cosm local stop}: ends a local cluster and everything that it runs. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Stop a local cluster and everything that it runs.")
final class StopCommand implements java.util.concurrent.Callable<Integer> {
  private static final int WAIT_SECONDS = 60;

  @Spec private CommandSpec spec;

  @Option(
      names = {"--work_dir", "--work-dir"},
      paramLabel = "DIR",
      description = "the cluster's folder (default: ~/.mesocosm)")
  private Path workDir = Path.of(System.getProperty("user.home"), ".mesocosm");

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    PrintWriter out = spec.commandLine().getOut();
    LocalLayout layout = new LocalLayout(workDir.toAbsolutePath().normalize());
    Optional<ProcessHandle> process =
        LocalStatus.read(layout.status()).flatMap(LocalStatus::process);
    if (process.isEmpty()) {
      out.println("no local cluster runs in " + layout.workDir());
      return 0;
    }
    process.get().destroy();
    try {
      process.get().onExit().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw CommandFailure.failed(
          "process "
              + process.get().pid()
              + " did not end within "
              + WAIT_SECONDS
              + " s: see "
              + layout.logs()
              + ", then kill it");
    }
    out.println("stopped the local cluster in " + layout.workDir());
    return 0;
  }
}

package io.mesocosm.cli.client;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm run}: one task, as if its command ran here. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description =
        "Run one command somewhere in the cluster, stream its output, and exit with its exit code.",
    footer = {"", "Example: cosm run --cpus 0.5 --mem 64 -- echo hello"})
@SuppressWarnings("FieldCanBeFinal") // picocli sets them
public final class RunCommand implements Runnable, picocli.CommandLine.IExitCodeGenerator {
  @Spec private CommandSpec spec;
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "a Docker image to run it in; without one, a plain process")
  private String image = "";

  @Option(names = "--cpus", defaultValue = "0.1", description = "cores (default: ${DEFAULT-VALUE})")
  private double cpus;

  @Option(
      names = "--mem",
      defaultValue = "64",
      description = "memory in MB (default: ${DEFAULT-VALUE})")
  private double memoryMegabytes;

  @Option(
      names = "--name",
      defaultValue = "run",
      description = "beginning of the task's id (default: ${DEFAULT-VALUE})")
  private String name = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "how long to wait for an agent that fits (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  @Parameters(
      paramLabel = "CMD",
      arity = "1..*",
      description = "the command and its arguments, after --")
  private List<String> command = List.of();

  private int exitCode;

  @Override
  public void run() {
    OneOffTask task = new OneOffTask(name, image, cpus, memoryMegabytes, List.copyOf(command));
    exitCode =
        new OneOffRun(cluster.master(), task)
            .execute(
                Duration.ofSeconds(timeoutSeconds),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
  }

  @Override
  public int getExitCode() {
    return exitCode;
  }
}

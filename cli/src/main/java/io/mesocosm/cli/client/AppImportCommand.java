package io.mesocosm.cli.client;

import io.mesocosm.http.security.SecurityTexts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm app import}: everything that another Marathon runs, defined here, too. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Copy all groups, applications and pods of a running Marathon into this cluster.",
      "The Marathon is only read. What is here already and equal is left alone, so this may be run"
          + " again; what is here and differs is reported, and replaced with --replace."
    },
    footer = {
      "",
      "Exit code: 0 done, 1 something was refused (the report says what and why), 2 misused",
      "",
      "Example: cosm app import http://marathon.example.org:8080 --suspended --dry-run"
    })
@SuppressWarnings("FieldCanBeFinal") // picocli sets them
final class AppImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "URL", description = "the Marathon to read, without credentials")
  private String url = "";

  @Option(
      names = "--source-user",
      paramLabel = "NAME",
      defaultValue = "${env:COSM_SOURCE_USER:-}",
      description = "who asks that Marathon (or COSM_SOURCE_USER)")
  private String user = "";

  @Option(
      names = "--source-password-file",
      paramLabel = "FILE",
      defaultValue = "${env:COSM_SOURCE_PASSWORD_FILE:-}",
      description =
          "a file with that user's password (or COSM_SOURCE_PASSWORD_FILE; or the password itself in"
              + " COSM_SOURCE_PASSWORD)")
  private String passwordFile = "";

  @Option(
      names = "--source-ca",
      paramLabel = "FILE",
      description = "who signs that Marathon's certificate, in PEM")
  private Optional<Path> authorities = Optional.empty();

  @Option(
      names = "--instances",
      paramLabel = "N",
      description = "how many of each to run here, instead of as many as there")
  private Optional<Integer> instances = Optional.empty();

  @Option(names = "--suspended", description = "define everything, run nothing: --instances 0")
  private boolean suspended;

  @Option(names = "--replace", description = "make what differs here as it is there")
  private boolean replace;

  @Option(names = "--dry-run", description = "print the plan, change nothing")
  private boolean dryRun;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "how long to wait for each definition while too many deployments are under way (default:"
              + " ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  @Override
  public Integer call() {
    SourceMarathon source = SourceMarathon.at(url, user, password(), authorities);
    ImportChoices choices =
        new ImportChoices(instances(), replace, dryRun, Duration.ofSeconds(timeoutSeconds));
    Api services = cluster.services();
    if (services.base().equals(source.address())) {
      throw CommandFailure.misused(
          url + " is this cluster itself: --services names the one to copy to");
    }
    PrintWriter out = spec.commandLine().getOut();
    ImportReport report = new DefinitionImport(services, choices, out).copy(source.read());
    report.print();
    return report.hasRefusals() ? 1 : 0;
  }

  private OptionalInt instances() {
    if (suspended && instances.isPresent()) {
      throw CommandFailure.misused("--suspended means --instances 0: give one of them");
    }
    if (instances.orElse(0) < 0) {
      throw CommandFailure.misused("--instances=" + instances.get() + ": expected 0 or more");
    }
    return suspended
        ? OptionalInt.of(0)
        : instances.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private String password() {
    if (passwordFile.isEmpty()) {
      return Optional.ofNullable(System.getenv("COSM_SOURCE_PASSWORD")).orElse("");
    }
    try {
      return SecurityTexts.secret(passwordFile);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused(
          "--source-password-file=" + passwordFile + ": expected " + e.getMessage());
    }
  }
}

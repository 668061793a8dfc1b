package io.mesocosm.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: asks a master and an agent whether they do what the contract pages say. */
@Command(
    name = "conformance",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Tests a master and an agent, row by row, against the contracts of the Mesos HTTP APIs.")
public final class Main implements Callable<Integer> {
  @Option(
      names = "--master",
      required = true,
      paramLabel = "URL",
      description = "The leading master, http://host:5050")
  private URI master = URI.create("");

  @Option(
      names = "--agent",
      required = true,
      paramLabel = "URL",
      description = "One of its agents, http://host:5051")
  private URI agent = URI.create("");

  @Option(
      names = "--only",
      paramLabel = "ROW",
      description = "Only rows whose id begins or ends so; may be repeated")
  private List<String> only = List.of();

  @Option(
      names = "--contract",
      paramLabel = "NAME",
      description = "Only rows of this page; may be repeated")
  private List<String> contracts = List.of();

  @Option(
      names = "--credentials",
      paramLabel = "USER:PASSWORD",
      description = "For HTTP Basic; the user is the principal")
  private Optional<String> credentials = Optional.empty();

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Writes the table as Markdown; into a page with markers, between them")
  private Optional<Path> markdown = Optional.empty();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the table as JSON")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "90",
      description = "Per test; ${DEFAULT-VALUE}")
  private long limitSeconds;

  @Option(names = "--progress", description = "Prints each verdict as it comes, on standard error")
  private boolean progress;

  private CommandSpec spec = CommandSpec.create();

  @Spec
  void spec(CommandSpec given) {
    spec = given;
  }

  /**
   * Runs the command and exits: 0 when no row failed, 1 when one did or a program does not answer,
   * 2 for wrong options.
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<Row> rows = RowBook.of(Sections.all()).stream().filter(this::wanted).toList();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter error = spec.commandLine().getErr();
    Optional<String> wrong =
        Preflight.invalid("--master", master)
            .or(() -> Preflight.invalid("--agent", agent))
            .or(() -> rows.isEmpty() ? Optional.of(noRow()) : Optional.empty());
    if (wrong.isPresent()) {
      error.println("conformance: " + wrong.get());
      return CommandLine.ExitCode.USAGE;
    }
    Target.Endpoints endpoints = Target.Endpoints.of(master, agent, credentials);
    Optional<String> unfit = Preflight.unfit(endpoints);
    if (unfit.isPresent()) {
      error.println("conformance: " + unfit.get());
      return CommandLine.ExitCode.SOFTWARE;
    }
    Runner runner =
        new Runner(
            endpoints,
            Duration.ofSeconds(limitSeconds),
            verdict -> {
              if (progress) {
                error.println(
                    verdict.result().words() + "  " + verdict.row().id() + "  " + verdict.detail());
                error.flush();
              }
            });
    Report report = new Report(runner.run(rows));
    if (markdown.isPresent()) {
      new Page(markdown.orElseThrow()).show(report.markdown());
    }
    if (json.isPresent()) {
      Files.writeString(json.orElseThrow(), report.json().toPrettyString() + "\n");
    }
    out.print(report.table());
    out.println(report.line());
    out.flush();
    return report.count(Verdict.Result.FAILED) == 0 ? 0 : 1;
  }

  private String noRow() {
    String asked =
        Stream.concat(
                only.stream().map("--only="::concat), contracts.stream().map("--contract="::concat))
            .collect(Collectors.joining(" "));
    return "no row matches "
        + asked
        + "; rows are named <contract>/<section>/<row>, for example mesos-scheduler-api/1/T4";
  }

  private boolean wanted(Row row) {
    String id = row.id();
    boolean named =
        only.isEmpty()
            || only.stream()
                .anyMatch(part ->
                    id.equals(part)
                        || id.endsWith("/" + part)
                        || id.startsWith(part + "/")
                        || id.contains("/" + part + "/"));
    return named && (contracts.isEmpty() || contracts.contains(id.substring(0, id.indexOf('/'))));
  }
}

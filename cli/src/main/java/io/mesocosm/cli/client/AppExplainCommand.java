package io.mesocosm.cli.client;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm app explain}: why an application is not where it should be. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Why is it not running? What each agent in view refused, what would make it fit, and what it"
            + " waits for.")
@SuppressWarnings("FieldCanBeFinal") // picocli sets them
final class AppExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "ID", description = "the application's id")
  private String id = "";

  @Option(
      names = "--all",
      description = "each agent by itself, instead of those with the same reasons together")
  private boolean all;

  @Option(names = "--json", description = "the scheduler's answer as it is")
  private boolean json;

  @Override
  public Integer call() {
    Api services = cluster.services();
    String path = "/v2/apps" + Apps.canonical(id) + "/explain";
    Api.Answer answer = services.exchange("GET", path, "");
    services.succeed(answer, path);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(answer.text());
      out.flush();
    } else {
      new Explanation(answer.body(), Instant.now()).print(out, all);
    }
    return 0;
  }
}

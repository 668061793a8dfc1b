package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm pod}: containers that live and die together. */
@Command(
    name = "pod",
    mixinStandardHelpOptions = true,
    description = "Run, list, show and stop pods: containers that live and die together.")
public final class PodCommand {
  @Spec private CommandSpec spec;

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List all pods.")
  int list(@Mixin ClusterOptions cluster) {
    new Pods(cluster.services()).list().print(spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show a pod: its instances and their containers.")
  int show(@Parameters(paramLabel = "ID") String id, @Mixin ClusterOptions cluster) {
    print(new Pods(cluster.services()).status(Apps.canonical(id)));
    return 0;
  }

  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description =
          "Create the pod in FILE, or bring it to what FILE says, and wait until it is stable.")
  int run(
      @Parameters(
              paramLabel = "FILE",
              description = "a pod document (JSON), as POST /v2/pods takes it")
          Path file,
      @Option(names = "--force", description = "override a deployment that is under way")
          boolean force,
      @Option(names = "--no-wait", description = "return as soon as the deployment is accepted")
          boolean noWait,
      @Option(
              names = "--timeout",
              paramLabel = "SECONDS",
              defaultValue = "300",
              description = "how long to wait (default: ${DEFAULT-VALUE})")
          int timeoutSeconds,
      @Mixin ClusterOptions cluster) {
    Document document = Document.read(file);
    if (document.form() != Document.Form.POD) {
      throw CommandFailure.misused(
          file + " is not a pod document: expected a JSON object with an id and containers");
    }
    String id = document.definitions().pods().firstKey();
    Pods pods = new Pods(cluster.services());
    pods.deploy(document, force);
    if (noWait) {
      spec.commandLine().getOut().println("accepted: " + id);
      return 0;
    }
    pods.awaitStable(id, Duration.ofSeconds(timeoutSeconds));
    print(pods.status(id));
    return 0;
  }

  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "Remove a pod and all its instances.")
  int stop(
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--force", description = "override a deployment that is under way")
          boolean force,
      @Option(
              names = "--timeout",
              paramLabel = "SECONDS",
              defaultValue = "120",
              description = "how long to wait (default: ${DEFAULT-VALUE})")
          int timeoutSeconds,
      @Mixin ClusterOptions cluster) {
    String pod = Apps.canonical(id);
    new Pods(cluster.services()).stop(pod, force, Duration.ofSeconds(timeoutSeconds));
    spec.commandLine().getOut().println(pod + " is gone");
    return 0;
  }

  private void print(JsonNode status) {
    PrintWriter out = spec.commandLine().getOut();
    JsonNode containers = status.path("spec").path("containers");
    out.println(status.path("id").asText());
    out.println(
        "  state      "
            + status.path("status").asText()
            + " since "
            + status.path("statusSince").asText("-")
            + Pods.detail(status.path("message")));
    out.println("  instances  " + Pods.count(status) + " stable");
    out.println(
        "  each       cpus "
            + Pods.sum(containers, "cpus")
            + ", mem "
            + Pods.sum(containers, "mem")
            + " MB in "
            + containers.size()
            + " containers");
    out.println("  version    " + status.path("spec").path("version").asText("-"));
    Table table = Pods.instances(status);
    if (!table.isEmpty()) {
      out.println();
      table.print(out);
    }
    out.flush();
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm app}: what runs for long. */
@Command(
    name = "app",
    mixinStandardHelpOptions = true,
    description =
        "Deploy, list, show, explain, compare, scale, roll back, import and remove applications.",
    subcommands = {AppExplainCommand.class, AppDiffCommand.class, AppImportCommand.class})
public final class AppCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "deploy",
      mixinStandardHelpOptions = true,
      description =
          "Create the application in FILE, or bring it to what FILE says, and wait until it is healthy.")
  int deploy(
      @Parameters(
              paramLabel = "FILE",
              description = "an application document (JSON), as POST /v2/apps takes it")
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
    Apps apps = new Apps(cluster.services());
    String id = apps.deploy(AppDocument.read(file), force);
    PrintWriter out = spec.commandLine().getOut();
    if (noWait) {
      out.println("accepted: " + id);
      return 0;
    }
    apps.awaitHealthy(id, Duration.ofSeconds(timeoutSeconds));
    apps.instances(java.util.List.of(id)).print(out);
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List all applications.")
  int list(@Mixin ClusterOptions cluster) {
    Table table = new Table("APP", "INSTANCES", "HEALTHY", "CPUS", "MEM", "STATE");
    for (JsonNode app : cluster.services().get("/v2/apps").path("apps")) {
      table.row(
          app.path("id").asText(),
          app.path("tasksRunning").asInt() + "/" + app.path("instances").asInt(),
          app.path("healthChecks").isEmpty() ? "-" : app.path("tasksHealthy").asText(),
          app.path("cpus").asText(),
          app.path("mem").asText(),
          app.path("deployments").isEmpty() ? "running" : "deploying");
    }
    table.print(spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show an application: its instances, and why any of them waits.")
  int show(@Parameters(paramLabel = "ID") String id, @Mixin ClusterOptions cluster) {
    new AppReport(cluster.services()).print(Apps.canonical(id), spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "scale",
      mixinStandardHelpOptions = true,
      description = "Change how many instances of an application run.")
  int scale(
      @Parameters(paramLabel = "ID") String id,
      @Parameters(paramLabel = "INSTANCES") int instances,
      @Option(names = "--force", description = "override a deployment that is under way")
          boolean force,
      @Option(names = "--wait", description = "return when all instances are healthy") boolean wait,
      @Option(
              names = "--timeout",
              paramLabel = "SECONDS",
              defaultValue = "300",
              description = "how long to wait (default: ${DEFAULT-VALUE})")
          int timeoutSeconds,
      @Mixin ClusterOptions cluster) {
    String app = Apps.canonical(id);
    Api services = cluster.services();
    String path = "/v2/apps" + app + "?force=" + force;
    // PATCH, not PUT: scaling an application that is not there must not create one.
    services.succeed(services.exchange("PATCH", path, "{\"instances\":" + instances + "}"), path);
    PrintWriter out = spec.commandLine().getOut();
    if (wait) {
      new Apps(services).awaitHealthy(app, Duration.ofSeconds(timeoutSeconds));
    }
    out.println(app + " scales to " + instances);
    return 0;
  }

  @Command(
      name = "rm",
      mixinStandardHelpOptions = true,
      description = "Remove an application and all its instances.")
  int remove(@Parameters(paramLabel = "ID") String id, @Mixin ClusterOptions cluster) {
    String path = "/v2/apps" + Apps.canonical(id);
    Api services = cluster.services();
    JsonNode answer = services.succeed(services.exchange("DELETE", path, ""), path);
    new Apps(services).awaitDeployment(answer.path("deploymentId").asText(), Duration.ofMinutes(2));
    spec.commandLine().getOut().println(Apps.canonical(id) + " is gone");
    return 0;
  }

  @Command(
      name = "versions",
      mixinStandardHelpOptions = true,
      description = "List the versions of an application that can be rolled back to, newest first.")
  int versions(@Parameters(paramLabel = "ID") String id, @Mixin ClusterOptions cluster) {
    AppVersions versions = AppVersions.of(cluster.services(), Apps.canonical(id));
    versions.table().print(spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Deploy an earlier version of an application again.")
  int rollback(
      @Parameters(paramLabel = "ID") String id,
      @Parameters(
              paramLabel = "VERSION",
              arity = "0..1",
              description = "as cosm app versions lists it (default: the one before the present)")
          Optional<String> version,
      @Option(names = "--force", description = "override a deployment that is under way")
          boolean force,
      @Option(names = "--wait", description = "return when all instances are healthy") boolean wait,
      @Option(
              names = "--timeout",
              paramLabel = "SECONDS",
              defaultValue = "300",
              description = "how long to wait (default: ${DEFAULT-VALUE})")
          int timeoutSeconds,
      @Mixin ClusterOptions cluster) {
    String app = Apps.canonical(id);
    Api services = cluster.services();
    String target = AppVersions.of(services, app).target(version);
    String path = "/v2/apps" + app + "?force=" + force;
    String body = JsonNodeFactory.instance.objectNode().put("version", target).toString();
    services.succeed(services.exchange("PUT", path, body), path);
    if (wait) {
      new Apps(services).awaitHealthy(app, Duration.ofSeconds(timeoutSeconds));
    }
    spec.commandLine().getOut().println(app + " goes back to version " + target);
    return 0;
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cosm events}: what happens, as it happens. */
@Command(
    name = "events",
    mixinStandardHelpOptions = true,
    description =
        "Follow what happens to apps, pods, instances and deployments, a line for each event, until"
            + " interrupted.")
@SuppressWarnings("FieldCanBeFinal") // picocli sets them
public final class EventsCommand implements Callable<Integer> {
  /** Whom or what an event is about, in the order in which it is read best. */
  private static final List<String> SUBJECTS =
      List.of(
          "appId",
          "runSpecId",
          "groupId",
          "uri",
          "taskId",
          "instanceId",
          "taskStatus",
          "condition",
          "alive",
          "healthy",
          "host",
          "frameworkId",
          "master",
          "remoteAddress",
          "reason",
          "message");

  @Spec private CommandSpec spec;
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "only events of this type, e.g. status_update_event (may be repeated)")
  private List<String> types = List.of();

  @Option(names = "--json", description = "each event as it comes, in JSON")
  private boolean json;

  @Override
  public Integer call() {
    String path =
        "/v2/events?plan-format=light"
            + types.stream()
                .map(type -> "&event_type=" + Api.query(type))
                .collect(Collectors.joining());
    PrintWriter out = spec.commandLine().getOut();
    Api services = cluster.services();
    // Every event is one line of data; what else there is on the stream is for browsers.
    services.follow(
        path,
        "text/event-stream",
        line -> {
          if (line.startsWith("data:")) {
            String data = line.substring("data:".length()).strip();
            out.println(json ? data : line(Api.parse(data)));
            out.flush();
          }
        });
    throw CommandFailure.failed("the scheduler at " + services.base() + " ended the stream");
  }

  private static String line(JsonNode event) {
    StringBuilder line =
        new StringBuilder(event.path("timestamp").asText("-"))
            .append("  ")
            .append(event.path("eventType").asText("?"));
    for (String subject : SUBJECTS) {
      JsonNode value = event.path(subject);
      if (value.isValueNode() && !value.asText().isEmpty()) {
        line.append("  ").append(named(subject, value.asText()));
      }
    }
    JsonNode plan = event.path("plan");
    String deployment = plan.path("id").asText(event.path("id").asText(""));
    if (!deployment.isEmpty()) {
      line.append("  deployment=").append(deployment);
    }
    JsonNode actions = event.path("currentStep").path("actions");
    for (JsonNode action : actions) {
      line.append("  ")
          .append(action.path("action").asText())
          .append(' ')
          .append(action.path("app").asText(action.path("pod").asText()));
    }
    return line.toString();
  }

  /** Ids and states speak for themselves. */
  private static String named(String name, String value) {
    String oneLine = value.lines().findFirst().orElse("");
    return List.of("alive", "healthy", "reason", "message", "host").contains(name)
        ? name + "=" + oneLine
        : oneLine;
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * An application as a person wants to see it: its instances, and the reasons of those that wait.
 */
final class AppReport {
  private final Api services;

  AppReport(Api services) {
    this.services = services;
  }

  void print(String id, PrintWriter out) {
    JsonNode app = services.get("/v2/apps" + id).path("app");
    out.println(id);
    out.println(
        "  instances  "
            + app.path("tasksRunning").asInt()
            + " of "
            + app.path("instances").asInt()
            + " running"
            + health(app));
    out.println(
        "  each       cpus "
            + app.path("cpus").asText()
            + ", mem "
            + app.path("mem").asText()
            + " MB");
    out.println("  runs       " + command(app));
    out.println("  version    " + app.path("version").asText());
    for (JsonNode deployment : app.path("deployments")) {
      out.println("  deploying  " + deployment.path("id").asText());
    }
    for (String reason : waiting(id)) {
      out.println("  waiting    " + reason);
    }
    JsonNode failure = app.path("lastTaskFailure");
    if (!failure.isMissingNode()) {
      out.println(
          "  last failure "
              + failure.path("timestamp").asText()
              + " on "
              + failure.path("host").asText()
              + ": "
              + failure.path("state").asText()
              + " "
              + failure.path("message").asText());
    }
    out.println();
    Table table = new Apps(services).instances(List.of(id));
    if (!table.isEmpty()) {
      table.print(out);
    }
    out.flush();
  }

  /** In one line, why the application is not where it should be. */
  String whyNot(JsonNode app) {
    List<String> reasons = new ArrayList<>(waiting(app.path("id").asText()));
    JsonNode failure = app.path("lastTaskFailure");
    if (!failure.isMissingNode()) {
      reasons.add(
          "last failure: "
              + failure.path("state").asText()
              + " "
              + failure.path("message").asText());
    }
    reasons.addFirst(
        app.path("tasksRunning").asInt()
            + " of "
            + app.path("instances").asInt()
            + " instances run"
            + health(app));
    return String.join("; ", reasons);
  }

  /** The summary, then what the agents in view said, those alike in one line. */
  private List<String> waiting(String id) {
    JsonNode explained = services.exchange("GET", "/v2/apps" + id + "/explain", "").body();
    List<String> reasons = new ArrayList<>();
    if (explained.path("waiting").asInt() == 0) {
      return reasons;
    }
    reasons.add(explained.path("summary").asText());
    reasons.addAll(Refusals.of(explained.path("agents")).lines());
    return reasons;
  }

  /** What it runs, in a line. */
  private static String command(JsonNode app) {
    JsonNode image = app.path("container").path("docker").path("image");
    if (!image.isMissingNode()) {
      return "image " + image.asText();
    }
    String text = app.path("cmd").asText(app.path("args").toString());
    return text.lines().count() > 1 ? text.lines().findFirst().orElse("") + " …" : text;
  }

  private static String health(JsonNode app) {
    return app.path("healthChecks").isEmpty()
        ? ""
        : ", "
            + app.path("tasksHealthy").asInt()
            + " healthy, "
            + app.path("tasksUnhealthy").asInt()
            + " unhealthy";
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What commands do with applications over the Marathon API. */
public final class Apps {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Api services;

  public Apps(Api services) {
    this.services = services;
  }

  /** Ids are absolute whichever way a person writes them. */
  static String canonical(String id) {
    return id.startsWith("/") ? id : "/" + id;
  }

  /** Creates the application or brings it to what the document says. Returns its id. */
  public String deploy(AppDocument document, boolean force) {
    String id = document.id();
    boolean exists = services.exchange("GET", "/v2/apps" + id, "").status() == 200;
    String path =
        exists
            ? "/v2/apps" + id + "?partialUpdate=false&force=" + force
            : "/v2/apps?force=" + force;
    services.succeed(services.exchange(exists ? "PUT" : "POST", path, document.json()), path);
    return id;
  }

  /**
   * Waits until every instance runs, is healthy if it has health checks, and no deployment is under
   * way.
   */
  public void awaitHealthy(String id, Duration timeout) {
    Instant deadline = Instant.now().plus(timeout);
    JsonNode app = services.get("/v2/apps" + id).path("app");
    while (!isHealthy(app)) {
      if (Instant.now().isAfter(deadline)) {
        throw CommandFailure.failed(
            id
                + " is not healthy after "
                + timeout.toSeconds()
                + " s: "
                + new AppReport(services).whyNot(app));
      }
      LockSupport.parkNanos(POLL.toNanos());
      app = services.get("/v2/apps" + id).path("app");
    }
  }

  void awaitDeployment(String deployment, Duration timeout) {
    Instant deadline = Instant.now().plus(timeout);
    while (services.get("/v2/deployments").findValuesAsText("id").contains(deployment)) {
      if (Instant.now().isAfter(deadline)) {
        throw CommandFailure.failed(
            "deployment " + deployment + " still runs after " + timeout.toSeconds() + " s");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Every instance of the applications: where it runs, its address, its state. */
  public Table instances(List<String> ids) {
    Table table = new Table("APP", "INSTANCE", "NODE", "ADDRESS", "STATE");
    for (String id : ids) {
      for (JsonNode task : services.get("/v2/apps" + id + "/tasks").path("tasks")) {
        table.row(
            id,
            task.path("id").asText(),
            task.path("host").asText("-"),
            address(task),
            state(task));
      }
    }
    return table;
  }

  static String address(JsonNode task) {
    JsonNode ports = task.path("ports");
    return ports.isEmpty() ? "-" : task.path("host").asText() + ":" + ports.get(0).asInt();
  }

  static String state(JsonNode task) {
    JsonNode results = task.path("healthCheckResults");
    if (results.isEmpty()) {
      return task.path("state").asText();
    }
    boolean alive = results.findValues("alive").stream().allMatch(JsonNode::asBoolean);
    if (!alive && results.findValues("firstSuccess").isEmpty()) {
      return "starting"; // never healthy yet: within its grace period, it may still be
    }
    return alive ? "healthy" : "unhealthy";
  }

  private static boolean isHealthy(JsonNode app) {
    int wanted = app.path("instances").asInt();
    return app.path("deployments").isEmpty()
        && app.path("tasksRunning").asInt() == wanted
        && (app.path("healthChecks").isEmpty() || app.path("tasksHealthy").asInt() == wanted);
  }
}

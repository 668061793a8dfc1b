package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What commands do with pods over the Marathon API. */
final class Pods {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Api services;

  Pods(Api services) {
    this.services = services;
  }

  /** Creates the pod or brings it to what the document says. */
  void deploy(Document pod, boolean force) {
    boolean exists = services.exchange("GET", pod.path(), "").status() == 200;
    String path = (exists ? pod.path() : "/v2/pods") + "?force=" + force;
    String body = pod.body().toString();
    services.succeed(services.exchange(exists ? "PUT" : "POST", path, body), path);
  }

  void awaitStable(String id, Duration timeout) {
    Instant deadline = Instant.now().plus(timeout);
    JsonNode status = status(id);
    while (!status.path("status").asText().equals("STABLE")) {
      if (Instant.now().isAfter(deadline)) {
        throw CommandFailure.failed(
            id
                + " is not stable after "
                + timeout.toSeconds()
                + " s: "
                + count(status)
                + " instances are"
                + detail(status.path("message")));
      }
      LockSupport.parkNanos(POLL.toNanos());
      status = status(id);
    }
  }

  void stop(String id, boolean force, Duration timeout) {
    String path = "/v2/pods" + id + "?force=" + force;
    services.succeed(services.exchange("DELETE", path, ""), path);
    Instant deadline = Instant.now().plus(timeout);
    while (services.exchange("GET", "/v2/pods" + id + "::status", "").status() != 404) {
      if (Instant.now().isAfter(deadline)) {
        throw CommandFailure.failed(
            id + " is still there after " + timeout.toSeconds() + " s: cosm pod show " + id);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  JsonNode status(String id) {
    return services.get("/v2/pods" + id + "::status");
  }

  Table list() {
    Table table = new Table("POD", "INSTANCES", "CONTAINERS", "CPUS", "MEM", "STATE");
    for (JsonNode status : services.get("/v2/pods/::status")) {
      JsonNode containers = status.path("spec").path("containers");
      table.row(
          status.path("id").asText(),
          count(status),
          containers.size(),
          sum(containers, "cpus"),
          sum(containers, "mem"),
          status.path("status").asText());
    }
    return table;
  }

  /** Stable instances of those wanted. */
  static String count(JsonNode status) {
    int stable = 0;
    for (JsonNode instance : status.path("instances")) {
      stable += instance.path("status").asText().equals("STABLE") ? 1 : 0;
    }
    return stable + "/" + status.path("spec").path("scaling").path("instances").asInt(1);
  }

  /** A row for each container of each instance. */
  static Table instances(JsonNode status) {
    Table table = new Table("INSTANCE", "NODE", "CONTAINER", "STATE", "ENDPOINTS");
    for (JsonNode instance : status.path("instances")) {
      String id = instance.path("id").asText();
      String host = instance.path("agentHostname").asText("-");
      if (instance.path("containers").isEmpty()) {
        String state = instance.path("status").asText();
        table.row(id, host, "-", state + detail(instance.path("message")), "-");
      }
      for (JsonNode container : instance.path("containers")) {
        table.row(
            id,
            host,
            container.path("name").asText(),
            container.path("status").asText() + detail(container.path("message")),
            endpoints(container, host));
      }
    }
    return table;
  }

  static String detail(JsonNode message) {
    return message.asText("").isEmpty() ? "" : ": " + message.asText();
  }

  private static String endpoints(JsonNode container, String host) {
    List<String> endpoints = new ArrayList<>();
    for (JsonNode endpoint : container.path("endpoints")) {
      String port = endpoint.path("allocatedHostPort").asText("");
      endpoints.add(
          endpoint.path("name").asText() + (port.isEmpty() ? "" : "=" + host + ":" + port));
    }
    return endpoints.isEmpty() ? "-" : String.join(" ", endpoints);
  }

  static String sum(JsonNode containers, String resource) {
    double sum = 0;
    for (JsonNode container : containers) {
      sum += container.path("resources").path(resource).asDouble();
    }
    // Sums of decimal fractions, without the dust of binary ones.
    return java.math.BigDecimal.valueOf(Math.round(sum * 1000), 3)
        .stripTrailingZeros()
        .toPlainString();
  }
}

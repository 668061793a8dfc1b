package io.mesocosm.services.json;

import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.HealthCheck.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and checks health checks (contracts/marathon-api.md §7). */
final class HealthCheckReader {
  private HealthCheckReader() {}

  /**
   * @param ports how many the app has
   * @param docker whether its container is run by the Docker Engine
   */
  static List<HealthCheck> read(Fields app, int ports, boolean docker) {
    List<HealthCheck> checks = new ArrayList<>();
    for (Fields fields : app.objects("healthChecks").orElse(List.of())) {
      checks.add(readOne(fields, ports, docker));
    }
    long byAgent =
        checks.stream()
            .filter(check -> check.kind().isByAgent() && check.kind() != Kind.COMMAND)
            .count();
    app.problems()
        .ruleUnless(byAgent <= 1, "/", "AppDefinition can contain at most one Mesos health check");
    // Mesos knows one check a task, whatever its kind. The original sends one of several and passes
    // the others over; a check that nobody makes is worse than one that is refused.
    app.problems()
        .ruleUnless(
            checks.stream().filter(check -> check.kind().isByAgent()).count() <= 1 || byAgent > 1,
            "/healthChecks",
            "an agent makes one health check of a task: join the commands of several with &&");
    return checks;
  }

  private static HealthCheck readOne(Fields fields, int ports, boolean docker) {
    Kind kind = fields.choice("protocol", Kind.class).orElse(Kind.HTTP);
    Optional<Integer> portIndex = fields.integer("portIndex");
    Optional<Integer> port = fields.integer("port", 1);
    Optional<String> command = fields.object("command").map(given -> given.requiredText("value"));
    Problems problems = fields.problems();
    if (kind == Kind.COMMAND) {
      problems.ruleUnless(
          command.filter(text -> !text.isEmpty()).isPresent(),
          fields.pathOf("command"),
          "must not be empty: a check of protocol COMMAND needs {\"value\": …}");
    } else {
      problems.ruleUnless(
          command.isEmpty(), fields.pathOf("command"), "is only for checks of protocol COMMAND");
      problems.ruleUnless(
          portIndex.isEmpty() || port.isEmpty(),
          fields.path(),
          "port and portIndex must not both be given");
      if (portIndex.isEmpty() && port.isEmpty()) {
        portIndex = Optional.of(0);
      }
      problems.ruleUnless(
          portIndex.isEmpty() || portIndex.get() >= 0 && portIndex.get() < ports,
          fields.path(),
          "Health check port indices must address an element of the ports array or container port"
              + " mappings.");
    }
    port.ifPresent(given ->
        problems.ruleUnless(
            given <= NetworkReader.PORT_MAX,
            fields.pathOf("port"),
            "got " + given + ", expected a port from 1 to " + NetworkReader.PORT_MAX));
    boolean ipv6 = fields.choice("ipProtocol", IpProtocol.class).orElse(IpProtocol.IPV4).isSix();
    problems.ruleUnless(
        !ipv6 || docker && kind.isByAgent() && kind != Kind.COMMAND,
        fields.pathOf("ipProtocol"),
        "IPv6 is only for checks of protocol MESOS_HTTP, MESOS_HTTPS and MESOS_TCP in containers of"
            + " type DOCKER");
    return new HealthCheck(
        kind,
        kind.isHttp() ? fields.text("path") : Optional.empty(),
        portIndex,
        port,
        command,
        AppReader.seconds(fields, "gracePeriodSeconds").orElse(Duration.ofSeconds(300)),
        fields
            .integer("intervalSeconds", 1)
            .map(Duration::ofSeconds)
            .orElse(Duration.ofSeconds(60)),
        fields.integer("timeoutSeconds", 1).map(Duration::ofSeconds).orElse(Duration.ofSeconds(20)),
        fields.integer("maxConsecutiveFailures", 0).orElse(3),
        AppReader.seconds(fields, "delaySeconds").orElse(Duration.ofSeconds(15)),
        fields.bool("ignoreHttp1xx", false),
        ipv6);
  }

  /** As the API writes them, in whatever case. */
  private enum IpProtocol {
    IPV4,
    IPV6;

    boolean isSix() {
      return this == IPV6;
    }
  }
}

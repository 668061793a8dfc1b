package io.mesocosm.services.json;

import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import io.mesocosm.services.app.TaskCheck.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads the checks of a pod's container (contracts/marathon-pods.md §3). */
final class PodCheckReader {
  private static final Duration DELAY = Duration.ofSeconds(15);
  private static final Duration GRACE = Duration.ofSeconds(300);
  private static final Duration INTERVAL = Duration.ofSeconds(60);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int FAILURES = 3;

  private PodCheckReader() {}

  static Optional<PodContainer.Health> health(Fields fields) {
    Duration grace = seconds(fields, "gracePeriodSeconds", 0, GRACE);
    int failures = fields.integer("maxConsecutiveFailures", 0).orElse(FAILURES);
    return check(fields).map(check -> new PodContainer.Health(check, grace, failures));
  }

  /** Nothing if it does not say what to try; that is noted as a problem. */
  static Optional<TaskCheck> check(Fields fields) {
    long kinds = List.of("http", "tcp", "exec").stream().filter(fields::has).count();
    fields
        .problems()
        .ruleUnless(kinds == 1, fields.path(), "must have exactly one of http, tcp, exec");
    Duration interval = seconds(fields, "intervalSeconds", 1, INTERVAL);
    Duration timeout = seconds(fields, "timeoutSeconds", 1, TIMEOUT);
    Duration delay = seconds(fields, "delaySeconds", 0, DELAY);
    Optional<Probe> probe =
        fields
            .object("http")
            .map(PodCheckReader::http)
            .or(() -> fields.object("tcp").map(given -> new Probe.Tcp(endpoint(given))))
            .or(() -> fields.object("exec").flatMap(PodCheckReader::exec));
    return probe.map(given -> new TaskCheck(given, interval, timeout, delay));
  }

  private static Duration seconds(Fields fields, String name, int min, Duration usual) {
    return fields.integer(name, min).map(Duration::ofSeconds).orElse(usual);
  }

  private static Probe http(Fields fields) {
    String path = fields.text("path").orElse("/");
    fields
        .problems()
        .ruleUnless(
            path.startsWith("/"),
            fields.pathOf("path"),
            "got " + path + ", expected a path that begins with /");
    String scheme = fields.text("scheme").orElse("HTTP");
    boolean https = scheme.equalsIgnoreCase("HTTPS");
    fields
        .problems()
        .ruleUnless(
            https || scheme.equalsIgnoreCase("HTTP"),
            fields.pathOf("scheme"),
            "got " + scheme + ", expected HTTP or HTTPS");
    return new Probe.Http(endpoint(fields), path, https);
  }

  private static Optional<Probe> exec(Fields fields) {
    Optional<CommandLine> command = PodContainerReader.command(fields);
    return command.map(Probe.Exec::new);
  }

  private static PortReference endpoint(Fields fields) {
    return new PortReference.Endpoint(fields.requiredText("endpoint"));
  }
}

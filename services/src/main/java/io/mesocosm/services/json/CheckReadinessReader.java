package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.ReadinessCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads and writes readiness checks (contracts/marathon-api.md §7). */
final class CheckReadinessReader {
  private static final int READY = 200;

  private CheckReadinessReader() {}

  /**
   * @param portNames of the app's ports
   */
  static List<ReadinessCheck> read(Fields app, List<Optional<String>> portNames) {
    List<ReadinessCheck> checks = new ArrayList<>();
    for (Fields fields : app.objects("readinessChecks").orElse(List.of())) {
      checks.add(readOne(fields, portNames));
    }
    app.problems()
        .ruleUnless(
            checks.size() <= 1,
            "/readinessChecks",
            "got " + checks.size() + " readiness checks, expected no more than 1");
    return checks;
  }

  private static ReadinessCheck readOne(Fields fields, List<Optional<String>> portNames) {
    Problems problems = fields.problems();
    String name = fields.text("name").orElse("readinessCheck");
    problems.ruleUnless(!name.isEmpty(), fields.pathOf("name"), "must not be empty");
    String portName = fields.text("portName").orElse("http-api");
    problems.ruleUnless(
        portNames.contains(Optional.of(portName)),
        fields.pathOf("portName"),
        "no port of the app has the name " + portName);
    String path = fields.text("path").orElse("/");
    problems.ruleUnless(path.startsWith("/"), fields.pathOf("path"), "must begin with a slash");
    int interval = fields.integer("intervalSeconds", 1).orElse(30);
    int timeout = fields.integer("timeoutSeconds", 1).orElse(10);
    problems.ruleUnless(
        timeout < interval,
        fields.pathOf("timeoutSeconds"),
        "got " + timeout + ", expected less than intervalSeconds, " + interval);
    return new ReadinessCheck(
        name,
        fields.choice("protocol", Scheme.class).orElse(Scheme.HTTP) == Scheme.HTTPS,
        path,
        portName,
        Duration.ofSeconds(interval),
        Duration.ofSeconds(timeout),
        statuses(fields),
        fields.bool("preserveLastResponse", false));
  }

  private static SortedSet<Integer> statuses(Fields fields) {
    String name = "httpStatusCodesForReady";
    SortedSet<Integer> statuses = new TreeSet<>(fields.integers(name).orElse(List.of(READY)));
    fields
        .problems()
        .ruleUnless(
            !statuses.isEmpty() && statuses.first() >= 100 && statuses.last() <= 599,
            fields.pathOf(name),
            "expected at least one status, each from 100 to 599");
    return statuses;
  }

  static void write(ReadinessCheck check, ObjectNode into) {
    into.put("name", check.name());
    into.put("protocol", (check.https() ? Scheme.HTTPS : Scheme.HTTP).name());
    into.put("path", check.path());
    into.put("portName", check.portName());
    into.put("intervalSeconds", check.interval().toSeconds());
    into.put("timeoutSeconds", check.timeout().toSeconds());
    ArrayNode statuses = into.putArray("httpStatusCodesForReady");
    check.readyStatuses().forEach(statuses::add);
    into.put("preserveLastResponse", check.preserveLastResponse());
  }

  /** As the API writes them. */
  private enum Scheme {
    HTTP,
    HTTPS
  }
}

package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads and writes checks that agents only report (contracts/marathon-api.md §4, "check"). */
final class CheckReader {
  private CheckReader() {}

  /**
   * @param ports how many the app has
   */
  static Optional<TaskCheck> read(Fields app, int ports) {
    return app.object("check").flatMap(check -> read(check, app.problems(), ports));
  }

  private static Optional<TaskCheck> read(Fields check, Problems problems, int ports) {
    long kinds = List.of("http", "tcp", "exec").stream().filter(check::has).count();
    if (kinds != 1) {
      problems.brokenRule(check.path(), "expected exactly one of http, tcp and exec");
      return Optional.empty();
    }
    Optional<TaskCheck.Probe> probe =
        check
            .object("http")
            .<TaskCheck.Probe>map(http -> http(http, ports))
            .or(() ->
                check
                    .object("tcp")
                    .map(tcp -> (TaskCheck.Probe) new TaskCheck.Probe.Tcp(port(tcp, ports))))
            .or(() -> check.object("exec").flatMap(CheckReader::exec));
    return probe.map(found ->
        new TaskCheck(
            found,
            check.integer("intervalSeconds", 0).map(Duration::ofSeconds).orElse(seconds(60)),
            check.integer("timeoutSeconds", 0).map(Duration::ofSeconds).orElse(seconds(20)),
            check.integer("delaySeconds", 0).map(Duration::ofSeconds).orElse(seconds(15))));
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static TaskCheck.Probe http(Fields http, int ports) {
    String path = http.text("path").orElse("/");
    http.problems()
        .ruleUnless(path.startsWith("/"), http.pathOf("path"), "must begin with a slash");
    String scheme = http.text("scheme").orElse("HTTP").toUpperCase(Locale.ROOT);
    http.problems()
        .ruleUnless(
            List.of("HTTP", "HTTPS").contains(scheme),
            http.pathOf("scheme"),
            "got " + scheme + ", expected HTTP or HTTPS");
    return new TaskCheck.Probe.Http(port(http, ports), path, scheme.equals("HTTPS"));
  }

  private static PortReference port(Fields probe, int ports) {
    Optional<Integer> number = probe.integer("port", 1);
    Optional<Integer> index = probe.integer("portIndex", 0);
    Problems problems = probe.problems();
    problems.ruleUnless(
        number.isEmpty() || index.isEmpty(),
        probe.path(),
        "port and portIndex must not both be given");
    if (number.isPresent()) {
      problems.ruleUnless(
          number.get() <= NetworkReader.PORT_MAX,
          probe.pathOf("port"),
          "got " + number.get() + ", expected a port from 1 to " + NetworkReader.PORT_MAX);
      return new PortReference.Number(number.get());
    }
    int chosen = index.orElse(0);
    problems.ruleUnless(
        chosen < ports,
        probe.path(),
        "port index " + chosen + " must be one of the app's " + ports + " ports");
    return new PortReference.Index(chosen);
  }

  private static Optional<TaskCheck.Probe> exec(Fields exec) {
    Optional<Fields> command = exec.object("command");
    Optional<CommandLine> line = command.flatMap(CheckReader::commandLine);
    exec.problems()
        .ruleUnless(
            line.isPresent(),
            exec.pathOf("command"),
            "expected {\"shell\": …} or {\"argv\": […]}, not empty");
    return line.map(TaskCheck.Probe.Exec::new);
  }

  private static Optional<CommandLine> commandLine(Fields command) {
    Optional<CommandLine> shell =
        command.text("shell").filter(text -> !text.isEmpty()).map(CommandLine.Shell::new);
    Optional<CommandLine> argv =
        command.texts("argv").filter(texts -> !texts.isEmpty()).map(CommandLine.Argv::new);
    return shell.isPresent() && argv.isPresent() ? Optional.empty() : shell.or(() -> argv);
  }

  static void write(TaskCheck check, ObjectNode into) {
    switch (check.probe()) {
      case TaskCheck.Probe.Http(PortReference port, String path, boolean https) -> {
        ObjectNode http = into.putObject("http");
        write(port, http);
        http.put("path", path).put("scheme", https ? "HTTPS" : "HTTP");
      }
      case TaskCheck.Probe.Tcp(PortReference port) -> write(port, into.putObject("tcp"));
      case TaskCheck.Probe.Exec(CommandLine command) -> {
        ObjectNode line = into.putObject("exec").putObject("command");
        switch (command) {
          case CommandLine.Shell(String text) -> line.put("shell", text);
          case CommandLine.Argv(List<String> arguments) ->
              AppWriter.putTexts(line, "argv", arguments);
        }
      }
    }
    into.put("intervalSeconds", check.interval().toSeconds());
    into.put("timeoutSeconds", check.timeout().toSeconds());
    into.put("delaySeconds", check.delay().toSeconds());
  }

  private static void write(PortReference reference, ObjectNode into) {
    switch (reference) {
      case PortReference.Index(int index) -> into.put("portIndex", index);
      case PortReference.Number(int port) -> into.put("port", port);
      case PortReference.Endpoint(String name) -> into.put("endpoint", name);
    }
  }
}

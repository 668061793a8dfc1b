package io.mesocosm.services.matching;

import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.HealthCheck.HTTPCheckInfo;
import org.apache.mesos.v1.Protos.HealthCheck.TCPCheckInfo;

/** Makes the checks that agents carry out (contracts/marathon-api.md §4 {@code check}, §7). */
final class TaskChecks {
  private TaskChecks() {}

  /**
   * The one health check that an agent makes, if any.
   *
   * @param ports that the task listens on in its network
   */
  static Optional<Protos.HealthCheck> health(List<HealthCheck> checks, List<Integer> ports) {
    return checks.stream()
        .filter(check -> check.kind().isByAgent())
        .findFirst()
        .map(check -> health(check, ports));
  }

  private static Protos.HealthCheck health(HealthCheck check, List<Integer> ports) {
    Protos.HealthCheck.Builder wire =
        Protos.HealthCheck.newBuilder()
            .setDelaySeconds(seconds(check.delay()))
            .setIntervalSeconds(seconds(check.interval()))
            .setTimeoutSeconds(seconds(check.timeout()))
            .setGracePeriodSeconds(seconds(check.gracePeriod()))
            .setConsecutiveFailures(check.maxConsecutiveFailures());
    int port = check.port().orElseGet(() -> at(check.portIndex().orElse(0), ports));
    switch (check.kind()) {
      case COMMAND ->
          wire.setType(Protos.HealthCheck.Type.COMMAND)
              .setCommand(shell(check.command().orElse("")));
      case MESOS_TCP, TCP ->
          wire.setType(Protos.HealthCheck.Type.TCP).setTcp(tcp(port, check.ipv6()));
      case MESOS_HTTP, HTTP ->
          wire.setType(Protos.HealthCheck.Type.HTTP).setHttp(http(check, "http", port));
      case MESOS_HTTPS, HTTPS ->
          wire.setType(Protos.HealthCheck.Type.HTTP).setHttp(http(check, "https", port));
    }
    return wire.build();
  }

  private static TCPCheckInfo tcp(int port, boolean ipv6) {
    TCPCheckInfo.Builder tcp = TCPCheckInfo.newBuilder().setPort(port);
    if (ipv6) {
      tcp.setProtocol(Protos.NetworkInfo.Protocol.IPv6);
    }
    return tcp.build();
  }

  private static HTTPCheckInfo http(HealthCheck check, String scheme, int port) {
    HTTPCheckInfo.Builder http =
        HTTPCheckInfo.newBuilder()
            .setScheme(scheme)
            .setPort(port)
            .setPath(check.path().orElse("/"));
    if (check.ipv6()) {
      http.setProtocol(Protos.NetworkInfo.Protocol.IPv6);
    }
    return http.build();
  }

  /**
   * @param ports as of {@link #health}
   * @param names of those ports
   */
  static CheckInfo check(TaskCheck check, List<Integer> ports, List<Optional<String>> names) {
    CheckInfo.Builder wire =
        CheckInfo.newBuilder()
            .setDelaySeconds(seconds(check.delay()))
            .setIntervalSeconds(seconds(check.interval()))
            .setTimeoutSeconds(seconds(check.timeout()));
    switch (check.probe()) {
      // Mesos has no scheme here: a check over TLS is sent as what Mesos knows.
      case TaskCheck.Probe.Http(PortReference port, String path, boolean _) ->
          wire.setType(CheckInfo.Type.HTTP)
              .getHttpBuilder()
              .setPort(number(port, ports, names))
              .setPath(path);
      case TaskCheck.Probe.Tcp(PortReference port) ->
          wire.setType(CheckInfo.Type.TCP).getTcpBuilder().setPort(number(port, ports, names));
      case TaskCheck.Probe.Exec(CommandLine command) ->
          wire.setType(CheckInfo.Type.COMMAND)
              .getCommandBuilder()
              .setCommand(
                  switch (command) {
                    case CommandLine.Shell(String text) -> shell(text);
                    case CommandLine.Argv(List<String> arguments) ->
                        CommandInfo.newBuilder()
                            .setShell(false)
                            .setValue(arguments.getFirst())
                            .addAllArguments(arguments)
                            .build();
                  });
    }
    return wire.build();
  }

  private static int number(
      PortReference reference, List<Integer> ports, List<Optional<String>> names) {
    return switch (reference) {
      case PortReference.Index(int index) -> at(index, ports);
      case PortReference.Number(int port) -> port;
      case PortReference.Endpoint(String name) -> at(names.indexOf(Optional.of(name)), ports);
    };
  }

  private static int at(int index, List<Integer> ports) {
    return index >= 0 && index < ports.size() ? ports.get(index) : 0;
  }

  private static CommandInfo shell(String text) {
    return CommandInfo.newBuilder().setShell(true).setValue(text).build();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}

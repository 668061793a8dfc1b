package io.mesocosm.services.matching;

import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import io.mesocosm.services.app.TaskCheck.Probe;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.HealthCheck;

/**
 * Makes the checks that the agent carries out (contracts/marathon-pods.md §3). They are made inside
 * the pod's network, where an endpoint is its container port.
 */
final class PodChecks {
  private PodChecks() {}

  /**
   * @param endpoints of the container that is checked
   */
  static HealthCheck health(PodContainer.Health health, List<PodPorts.PlacedEndpoint> endpoints) {
    TaskCheck check = health.check();
    HealthCheck.Builder wire =
        HealthCheck.newBuilder()
            .setDelaySeconds(seconds(check.delay()))
            .setIntervalSeconds(seconds(check.interval()))
            .setTimeoutSeconds(seconds(check.timeout()))
            .setGracePeriodSeconds(seconds(health.gracePeriod()))
            .setConsecutiveFailures(health.maxConsecutiveFailures());
    switch (check.probe()) {
      case Probe.Http(PortReference port, String path, boolean https) ->
          wire.setType(HealthCheck.Type.HTTP)
              .getHttpBuilder()
              .setScheme(https ? "https" : "http")
              .setPort(port(port, endpoints))
              .setPath(path);
      case Probe.Tcp(PortReference port) ->
          wire.setType(HealthCheck.Type.TCP).getTcpBuilder().setPort(port(port, endpoints));
      case Probe.Exec(CommandLine command) ->
          PodTasks.putCommand(
              command, true, wire.setType(HealthCheck.Type.COMMAND).getCommandBuilder());
    }
    return wire.build();
  }

  /** Mesos knows no scheme here: a check of this kind is never made over TLS. */
  static CheckInfo check(TaskCheck check, List<PodPorts.PlacedEndpoint> endpoints) {
    CheckInfo.Builder wire =
        CheckInfo.newBuilder()
            .setDelaySeconds(seconds(check.delay()))
            .setIntervalSeconds(seconds(check.interval()))
            .setTimeoutSeconds(seconds(check.timeout()));
    switch (check.probe()) {
      case Probe.Http(PortReference port, String path, _) ->
          wire.setType(CheckInfo.Type.HTTP)
              .getHttpBuilder()
              .setPort(port(port, endpoints))
              .setPath(path);
      case Probe.Tcp(PortReference port) ->
          wire.setType(CheckInfo.Type.TCP).getTcpBuilder().setPort(port(port, endpoints));
      case Probe.Exec(CommandLine command) ->
          PodTasks.putCommand(
              command,
              true,
              wire.setType(CheckInfo.Type.COMMAND).getCommandBuilder().getCommandBuilder());
    }
    return wire.build();
  }

  /** 0 for an endpoint that the container does not have; definitions are read so that it has. */
  private static int port(PortReference reference, List<PodPorts.PlacedEndpoint> endpoints) {
    return switch (reference) {
      case PortReference.Endpoint(String name) ->
          endpoints.stream()
              .filter(placed -> placed.endpoint().name().equals(name))
              .map(PodPorts.PlacedEndpoint::containerPort)
              .findFirst()
              .orElse(0);
      case PortReference.Index(int index) ->
          index < endpoints.size() ? endpoints.get(index).containerPort() : 0;
      case PortReference.Number(int number) -> number;
    };
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}

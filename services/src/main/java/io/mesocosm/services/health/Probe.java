package io.mesocosm.services.health;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.util.Optional;

/**
 * What to ask of whom, once.
 *
 * @param kind one that is ours to do
 * @param path of the HTTP kinds, begins with a slash
 */
record Probe(HealthCheck.Kind kind, String host, int port, String path, Duration timeout) {

  /** Absent if the check names a port that the instance does not have. */
  static Optional<Probe> of(HealthCheck check, Instance instance, AppDefinition app) {
    String path = absolute(check.path().orElse(""));
    if (check.port().isPresent()) {
      String host = instance.placement().hostname();
      return Optional.of(new Probe(check.kind(), host, check.port().get(), path, check.timeout()));
    }
    int index = check.portIndex().orElse(0);
    return of(check.kind(), index, path, check.timeout(), instance, app);
  }

  /** Absent if the check names a port that the instance does not have. */
  static Optional<Probe> of(ReadinessCheck check, Instance instance, AppDefinition app) {
    HealthCheck.Kind kind = check.https() ? HealthCheck.Kind.HTTPS : HealthCheck.Kind.HTTP;
    int index = app.portNames().indexOf(Optional.of(check.portName()));
    return index < 0
        ? Optional.empty()
        : of(kind, index, absolute(check.path()), check.timeout(), instance, app);
  }

  private static String absolute(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  private static Optional<Probe> of(
      HealthCheck.Kind kind,
      int index,
      String path,
      Duration timeout,
      Instance instance,
      AppDefinition app) {
    String host = instance.placement().hostname();
    if (index >= instance.placement().hostPorts().size()) {
      return Optional.empty();
    }
    int port = instance.placement().hostPorts().get(index);
    if (port == 0 && index < app.portMappings().size() && !instance.ipAddresses().isEmpty()) {
      // Without a port on the host, the container is reached at its own address.
      PortMapping mapping = app.portMappings().get(index);
      host = instance.ipAddresses().getFirst();
      port = mapping.containerPort();
    }
    return port == 0 ? Optional.empty() : Optional.of(new Probe(kind, host, port, path, timeout));
  }

  /** For URLs: an IPv6 address goes in brackets. */
  String authority() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

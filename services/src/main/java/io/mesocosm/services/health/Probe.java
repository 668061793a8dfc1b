package io.mesocosm.services.health;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.PortMapping;
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
    String path = check.path().filter(given -> !given.isEmpty()).orElse("/");
    String absolute = path.startsWith("/") ? path : "/" + path;
    String host = instance.placement().hostname();
    if (check.port().isPresent()) {
      return Optional.of(
          new Probe(check.kind(), host, check.port().get(), absolute, check.timeout()));
    }
    int index = check.portIndex().orElse(0);
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
    return port == 0
        ? Optional.empty()
        : Optional.of(new Probe(check.kind(), host, port, absolute, check.timeout()));
  }

  /** For URLs: an IPv6 address goes in brackets. */
  String authority() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

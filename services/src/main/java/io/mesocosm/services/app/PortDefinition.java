package io.mesocosm.services.app;

import java.util.Optional;
import java.util.SortedMap;

/**
 * A port of an app on its host's network.
 *
 * @param port the service port, and with {@code requirePorts} the host port too; 0 until one is
 *     assigned
 */
public record PortDefinition(
    int port, Protocol protocol, Optional<String> name, SortedMap<String, String> labels) {
  public PortDefinition {
    labels = AppDefinition.copyOf(labels);
  }

  public PortDefinition withPort(int assigned) {
    return new PortDefinition(assigned, protocol, name, labels);
  }
}

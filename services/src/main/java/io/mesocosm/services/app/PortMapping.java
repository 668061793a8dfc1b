package io.mesocosm.services.app;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A port of a container that has a network of its own.
 *
 * @param containerPort 0 for the same number as the host port
 * @param hostPort 0 for any that an offer has; absent for none
 * @param servicePort 0 until one is assigned
 * @param networkNames of the container networks that it is for; empty for all
 */
public record PortMapping(
    int containerPort,
    Optional<Integer> hostPort,
    int servicePort,
    Protocol protocol,
    Optional<String> name,
    SortedMap<String, String> labels,
    List<String> networkNames) {
  public PortMapping {
    labels = AppDefinition.copyOf(labels);
    networkNames = List.copyOf(networkNames);
  }

  public PortMapping withServicePort(int assigned) {
    return new PortMapping(containerPort, hostPort, assigned, protocol, name, labels, networkNames);
  }
}

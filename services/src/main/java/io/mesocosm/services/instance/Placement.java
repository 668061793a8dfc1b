package io.mesocosm.services.instance;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where an instance runs, as far as constraints and readers ask.
 *
 * @param agentId of the Mesos agent
 * @param hostname of the agent
 * @param attributes of the agent, as text (contracts/marathon-api.md §6)
 * @param region of the agent's fault domain
 * @param zone of the agent's fault domain
 * @param role that the resources are allocated to
 * @param hostPorts in the order of the app's ports; 0 for a port without a host port
 */
public record Placement(
    String agentId,
    String hostname,
    SortedMap<String, String> attributes,
    Optional<String> region,
    Optional<String> zone,
    String role,
    List<Integer> hostPorts) {
  public Placement {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    hostPorts = List.copyOf(hostPorts);
  }

  /** The value of a constraint's field here, if the agent has one. */
  public Optional<String> field(String name) {
    return switch (name) {
      case "hostname", "@hostname" -> Optional.of(hostname);
      case "@region" -> region;
      case "@zone" -> zone;
      default -> Optional.ofNullable(attributes.get(name));
    };
  }

  public Placement withHostPorts(List<Integer> ports) {
    return new Placement(agentId, hostname, attributes, region, zone, role, ports);
  }
}

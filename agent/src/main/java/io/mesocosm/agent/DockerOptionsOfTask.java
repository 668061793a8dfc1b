package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.model.resource.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ContainerInfo.DockerInfo;
import org.apache.mesos.v1.Protos.Parameter;

/**
 * Reads the Docker wishes of a task or an executor (contracts/mesos-containerization.md §4, D8 to
 * D11).
 */
final class DockerOptionsOfTask {
  private DockerOptionsOfTask() {}

  static List<String> problems(ContainerWish wish) {
    List<String> problems = new ArrayList<>();
    ContainerInfo container = wish.container();
    DockerInfo docker = container.getDocker();
    if (!container.hasDocker() || docker.getImage().isEmpty()) {
      problems.add("container type DOCKER needs docker.image");
    }
    if (wish.command().getShell() && !wish.command().hasValue()) {
      problems.add("Shell specified but no command value provided");
    }
    if (docker.getNetwork() == DockerInfo.Network.USER
        && (container.getNetworkInfosCount() != 1 || !container.getNetworkInfos(0).hasName())) {
      problems.add("docker network USER needs exactly one of network_infos, with a name");
    }
    String network = network(container);
    if (container.hasHostname() && network.equals("host")) {
      problems.add("Unable to set hostname with host network mode");
    }
    if (docker.getPortMappingsCount() > 0) {
      if (network.equals("host") || network.equals("none")) {
        problems.add(
            "Port mappings are only supported for bridge and user-defined networks, not for "
                + network);
      }
      problems.addAll(portProblems(wish));
    }
    return problems;
  }

  static ContainerSpec.Docker options(ContainerInfo container, String publishAddress) {
    DockerInfo docker = container.getDocker();
    List<ContainerSpec.Parameter> parameters = new ArrayList<>();
    for (Parameter parameter : docker.getParametersList()) {
      if (!isNetwork(parameter)) {
        parameters.add(new ContainerSpec.Parameter(parameter.getKey(), parameter.getValue()));
      }
    }
    if (container.hasHostname()) {
      parameters.add(new ContainerSpec.Parameter("hostname", container.getHostname()));
    }
    List<ContainerSpec.PortMapping> mappings =
        docker.getPortMappingsList().stream()
            .map(mapping ->
                new ContainerSpec.PortMapping(
                    mapping.getHostPort(), mapping.getContainerPort(), protocol(mapping)))
            .toList();
    return new ContainerSpec.Docker(
        docker.getImage(),
        docker.getForcePullImage(),
        docker.getPrivileged(),
        network(container),
        publishAddress,
        mappings,
        parameters);
  }

  /** The network as Docker names it; a parameter is stronger than the field. */
  static String network(ContainerInfo container) {
    for (Parameter parameter : container.getDocker().getParametersList()) {
      if (isNetwork(parameter)) {
        return parameter.getValue();
      }
    }
    return switch (container.getDocker().getNetwork()) {
      case HOST -> "host";
      case BRIDGE -> "bridge";
      case NONE -> "none";
      case USER ->
          container.getNetworkInfosCount() > 0 ? container.getNetworkInfos(0).getName() : "bridge";
    };
  }

  private static List<String> portProblems(ContainerWish wish) {
    List<String> problems = new ArrayList<>();
    Ranges ports = TaskResources.of(wish).ranges("ports");
    for (DockerInfo.PortMapping mapping : wish.container().getDocker().getPortMappingsList()) {
      if (!ports.contains(mapping.getHostPort())) {
        problems.add(
            "Port [" + mapping.getHostPort() + "] not included in resources: ports are " + ports);
      }
      if (!protocol(mapping).equals("tcp") && !protocol(mapping).equals("udp")) {
        problems.add(
            "port mapping of host port "
                + mapping.getHostPort()
                + " has protocol "
                + mapping.getProtocol()
                + ": expected tcp or udp");
      }
    }
    return problems;
  }

  private static String protocol(DockerInfo.PortMapping mapping) {
    return mapping.getProtocol().isEmpty() ? "tcp" : mapping.getProtocol().toLowerCase(Locale.ROOT);
  }

  private static boolean isNetwork(Parameter parameter) {
    return parameter.getKey().equals("net") || parameter.getKey().equals("network");
  }
}

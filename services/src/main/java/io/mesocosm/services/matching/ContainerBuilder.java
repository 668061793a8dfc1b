package io.mesocosm.services.matching;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortMapping;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ContainerInfo.DockerInfo;
import org.apache.mesos.v1.Protos.Image;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.Volume;

/** Makes the container of a task (contracts/marathon-api.md §5). */
final class ContainerBuilder {
  private final String bridgeName;

  ContainerBuilder(String bridgeName) {
    this.bridgeName = bridgeName;
  }

  /** Nothing for a plain process on the host's network. */
  Optional<ContainerInfo> build(
      AppDefinition app, List<Integer> hostPorts, List<Integer> containerPorts) {
    Optional<Container> asked = app.container();
    if (asked.isEmpty() && app.networkMode() == Network.Mode.HOST) {
      return Optional.empty();
    }
    ContainerInfo.Builder container = ContainerInfo.newBuilder();
    asked.ifPresent(given ->
        given.volumes().stream()
            .filter(io.mesocosm.services.app.Volume.Host.class::isInstance)
            .map(io.mesocosm.services.app.Volume.Host.class::cast)
            .forEach(volume ->
                container
                    .addVolumesBuilder()
                    .setContainerPath(volume.containerPath())
                    .setHostPath(volume.hostPath())
                    .setMode(
                        volume.mode() == io.mesocosm.services.app.Volume.Mode.RO
                            ? Volume.Mode.RO
                            : Volume.Mode.RW)));
    if (asked.isPresent() && asked.get().type() == Container.Type.DOCKER) {
      Container.Docker docker = asked.get().docker().orElseThrow();
      container
          .setType(ContainerInfo.Type.DOCKER)
          .setDocker(docker(app, docker, hostPorts, containerPorts));
      if (app.networkMode() == Network.Mode.CONTAINER) {
        addNetworks(container, app);
      }
      return Optional.of(container.build());
    }
    container.setType(ContainerInfo.Type.MESOS);
    asked
        .flatMap(Container::docker)
        .ifPresent(docker ->
            container
                .getMesosBuilder()
                .getImageBuilder()
                .setType(Image.Type.DOCKER)
                .setCached(!docker.forcePullImage())
                .getDockerBuilder()
                .setName(docker.image()));
    addNetworks(container, app);
    if (container.getNetworkInfosCount() > 0) {
      NetworkInfo.Builder first = container.getNetworkInfosBuilder(0);
      addPorts(first, app, hostPorts, containerPorts);
    }
    return Optional.of(container.build());
  }

  private static DockerInfo docker(
      AppDefinition app,
      Container.Docker asked,
      List<Integer> hostPorts,
      List<Integer> containerPorts) {
    DockerInfo.Builder docker =
        DockerInfo.newBuilder()
            .setImage(asked.image())
            .setForcePullImage(asked.forcePullImage())
            .setPrivileged(asked.privileged())
            .setNetwork(
                switch (app.networkMode()) {
                  case HOST -> DockerInfo.Network.HOST;
                  case BRIDGE -> DockerInfo.Network.BRIDGE;
                  case CONTAINER -> DockerInfo.Network.USER;
                });
    asked
        .parameters()
        .forEach(parameter ->
            docker.addParametersBuilder().setKey(parameter.key()).setValue(parameter.value()));
    if (app.networkMode() == Network.Mode.HOST) {
      return docker.build();
    }
    for (int i = 0; i < hostPorts.size(); i++) {
      if (hostPorts.get(i) == PortAssigner.NONE) {
        continue;
      }
      for (String protocol : app.portMappings().get(i).protocol().names()) {
        docker
            .addPortMappingsBuilder()
            .setHostPort(hostPorts.get(i))
            .setContainerPort(containerPorts.get(i))
            .setProtocol(protocol);
      }
    }
    return docker.build();
  }

  private void addNetworks(ContainerInfo.Builder container, AppDefinition app) {
    for (Network network : app.networks()) {
      switch (network.mode()) {
        case HOST -> {
          // the host's network needs no mention
        }
        case BRIDGE -> container.addNetworkInfosBuilder().setName(bridgeName);
        case CONTAINER -> {
          NetworkInfo.Builder info = container.addNetworkInfosBuilder();
          network.name().ifPresent(info::setName);
          network
              .labels()
              .forEach((key, value) ->
                  info.getLabelsBuilder().addLabelsBuilder().setKey(key).setValue(value));
        }
      }
    }
  }

  private static void addPorts(
      NetworkInfo.Builder network,
      AppDefinition app,
      List<Integer> hostPorts,
      List<Integer> containerPorts) {
    List<PortMapping> mappings = app.portMappings();
    for (int i = 0; i < hostPorts.size(); i++) {
      if (hostPorts.get(i) == PortAssigner.NONE) {
        continue;
      }
      for (String protocol : mappings.get(i).protocol().names()) {
        network
            .addPortMappingsBuilder()
            .setHostPort(hostPorts.get(i))
            .setContainerPort(containerPorts.get(i))
            .setProtocol(protocol);
      }
    }
  }
}

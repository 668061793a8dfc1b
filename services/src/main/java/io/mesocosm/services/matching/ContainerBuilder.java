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
import org.apache.mesos.v1.Protos.LinuxInfo;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.SeccompInfo;
import org.apache.mesos.v1.Protos.TTYInfo;

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
    boolean terminal = app.tty().orElse(false);
    if (asked.isEmpty() && app.networkMode() == Network.Mode.HOST && !terminal) {
      return Optional.empty();
    }
    ContainerInfo.Builder container = ContainerInfo.newBuilder().addAllVolumes(TaskVolumes.of(app));
    if (terminal) {
      container.setTtyInfo(TTYInfo.getDefaultInstance());
    }
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
        .ifPresent(docker -> container.getMesosBuilder().setImage(image(app, docker)));
    asked.flatMap(Container::linuxInfo).ifPresent(info -> container.setLinuxInfo(linuxInfo(info)));
    addNetworks(container, app);
    for (int i = 0; i < container.getNetworkInfosCount(); i++) {
      addPorts(container.getNetworkInfosBuilder(i), app, hostPorts, containerPorts);
    }
    return Optional.of(container.build());
  }

  private static Image image(AppDefinition app, Container.Docker docker) {
    Image.Builder image =
        Image.newBuilder().setType(Image.Type.DOCKER).setCached(!docker.forcePullImage());
    image.getDockerBuilder().setName(docker.image());
    docker
        .pullSecret()
        .ifPresent(secret ->
            image.getDockerBuilder().setConfig(TaskSecrets.reference(app.secrets(), secret)));
    return image.build();
  }

  static LinuxInfo linuxInfo(io.mesocosm.services.app.LinuxInfo asked) {
    LinuxInfo.Builder info = LinuxInfo.newBuilder();
    asked
        .seccomp()
        .ifPresent(seccomp -> {
          SeccompInfo.Builder wire = SeccompInfo.newBuilder().setUnconfined(seccomp.unconfined());
          seccomp.profileName().ifPresent(wire::setProfileName);
          info.setSeccomp(wire);
        });
    asked
        .ipcInfo()
        .ifPresent(ipc -> {
          info.setIpcMode(
              switch (ipc.mode()) {
                case PRIVATE -> LinuxInfo.IpcMode.PRIVATE;
                case SHARE_PARENT -> LinuxInfo.IpcMode.SHARE_PARENT;
              });
          ipc.shmSize().ifPresent(info::setShmSize);
        });
    return info.build();
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

  /** Those that are for this network: by name, or all where there is only one. */
  private static void addPorts(
      NetworkInfo.Builder network,
      AppDefinition app,
      List<Integer> hostPorts,
      List<Integer> containerPorts) {
    List<PortMapping> mappings = app.portMappings();
    for (int i = 0; i < hostPorts.size(); i++) {
      List<String> networks = mappings.get(i).networkNames();
      boolean isOther = !networks.isEmpty() && !networks.contains(network.getName());
      if (hostPorts.get(i) == PortAssigner.NONE || isOther) {
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

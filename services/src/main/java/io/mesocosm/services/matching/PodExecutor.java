package io.mesocosm.services.matching;

import io.mesocosm.services.app.LinuxInfo;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodDefinition;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.NetworkInfo;

/** Makes the executor that a pod's containers share (contracts/marathon-pods.md L1, L3). */
final class PodExecutor {
  private final String bridgeName;

  PodExecutor(String bridgeName) {
    this.bridgeName = bridgeName;
  }

  ExecutorInfo build(PodLaunch launch) {
    PodDefinition pod = launch.pod();
    ExecutorInfo.Builder executor =
        ExecutorInfo.newBuilder()
            .setType(ExecutorInfo.Type.DEFAULT)
            .addAllResources(OfferedResources.toWire(launch.resources().executor()));
    executor.getExecutorIdBuilder().setValue(launch.executorId());
    executor.getFrameworkIdBuilder().setValue(launch.frameworkId());
    if (!pod.labels().isEmpty()) {
      executor.setLabels(labels(pod.labels()));
    }
    if (pod.networkMode() != Network.Mode.HOST || pod.linuxInfo().isPresent()) {
      ContainerInfo.Builder container =
          ContainerInfo.newBuilder().setType(ContainerInfo.Type.MESOS);
      addNetworks(launch, container);
      pod.linuxInfo().ifPresent(info -> container.setLinuxInfo(linux(info)));
      executor.setContainer(container);
    }
    return executor.build();
  }

  private void addNetworks(PodLaunch launch, ContainerInfo.Builder container) {
    List<Network> networks = launch.pod().networks();
    for (Network network : networks) {
      NetworkInfo.Builder info = NetworkInfo.newBuilder();
      switch (network.mode()) {
        case HOST -> {
          // the host's network needs no mention
          continue;
        }
        case BRIDGE -> info.setName(bridgeName);
        case CONTAINER -> network.name().ifPresent(info::setName);
      }
      if (!network.labels().isEmpty()) {
        info.setLabels(labels(network.labels()));
      }
      for (PodPorts.PlacedEndpoint placed : launch.endpoints()) {
        if (placed.hasHostPort() && isFor(placed, network, networks.size())) {
          addPorts(placed, info);
        }
      }
      container.addNetworkInfos(info);
    }
  }

  /** A host port leads into one network: the one that it names, or the only one. */
  private static boolean isFor(PodPorts.PlacedEndpoint placed, Network network, int networks) {
    List<String> names = placed.endpoint().networkNames();
    return names.isEmpty() ? networks == 1 : network.name().filter(names::contains).isPresent();
  }

  private static void addPorts(PodPorts.PlacedEndpoint placed, NetworkInfo.Builder info) {
    placed
        .endpoint()
        .protocols()
        .forEach(protocol ->
            protocol
                .names()
                .forEach(name ->
                    info.addPortMappingsBuilder()
                        .setHostPort(placed.hostPort())
                        .setContainerPort(placed.containerPort())
                        .setProtocol(name)));
  }

  static Labels labels(SortedMap<String, String> labels) {
    Labels.Builder wire = Labels.newBuilder();
    labels.forEach((key, value) -> wire.addLabelsBuilder().setKey(key).setValue(value));
    return wire.build();
  }

  static Protos.LinuxInfo linux(LinuxInfo info) {
    Protos.LinuxInfo.Builder wire = Protos.LinuxInfo.newBuilder();
    info.seccomp()
        .ifPresent(seccomp -> {
          seccomp.profileName().ifPresent(name -> wire.getSeccompBuilder().setProfileName(name));
          if (seccomp.profileName().isEmpty()) {
            wire.getSeccompBuilder().setUnconfined(seccomp.unconfined());
          }
        });
    Optional<LinuxInfo.IpcInfo> ipc = info.ipcInfo();
    ipc.ifPresent(given -> {
      wire.setIpcMode(
          switch (given.mode()) {
            case PRIVATE -> Protos.LinuxInfo.IpcMode.PRIVATE;
            case SHARE_PARENT -> Protos.LinuxInfo.IpcMode.SHARE_PARENT;
          });
      given.shmSize().ifPresent(wire::setShmSize);
    });
    return wire.build();
  }
}

package io.mesocosm.services.matching;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.DiscoveryInfo;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.Port;

/** Makes what a task announces of itself (contracts/marathon-api.md §11, DiscoveryInfo). */
final class TaskDiscovery {
  private static final String HOST = "host";
  private static final String CONTAINER = "container";

  private TaskDiscovery() {}

  /** What is said of one port on one network. */
  private record Announced(
      int number,
      Optional<String> name,
      SortedMap<String, String> labels,
      String scope,
      Optional<String> network) {}

  static DiscoveryInfo of(
      AppDefinition app, List<Integer> hostPorts, List<Integer> containerPorts) {
    DiscoveryInfo.Builder discovery =
        DiscoveryInfo.newBuilder()
            .setVisibility(DiscoveryInfo.Visibility.FRAMEWORK)
            .setName(app.id().mesosName());
    for (int i = 0; i < hostPorts.size(); i++) {
      if (app.networkMode() == Network.Mode.HOST) {
        PortDefinition port = app.portDefinitions().get(i);
        Announced announced =
            new Announced(hostPorts.get(i), port.name(), port.labels(), HOST, Optional.empty());
        add(discovery, announced, port.protocol().names());
      } else {
        add(discovery, app.portMappings().get(i), hostPorts.get(i), containerPorts.get(i));
      }
    }
    return discovery.build();
  }

  /** A port that is on the host is found there; another one on each network that it is for. */
  private static void add(
      DiscoveryInfo.Builder discovery, PortMapping port, int hostPort, int containerPort) {
    List<String> protocols = port.protocol().names();
    if (hostPort != PortAssigner.NONE) {
      add(
          discovery,
          new Announced(hostPort, port.name(), port.labels(), HOST, Optional.empty()),
          protocols);
      return;
    }
    List<Optional<String>> networks =
        port.networkNames().isEmpty()
            ? List.of(Optional.empty())
            : port.networkNames().stream().map(Optional::of).toList();
    for (Optional<String> network : networks) {
      add(
          discovery,
          new Announced(containerPort, port.name(), port.labels(), CONTAINER, network),
          protocols);
    }
  }

  private static void add(
      DiscoveryInfo.Builder discovery, Announced announced, List<String> protocols) {
    Labels.Builder labels = TaskBuilder.labels(announced.labels()).toBuilder();
    labels.addLabels(label("network-scope", announced.scope()));
    announced.network().ifPresent(name -> labels.addLabels(label("network-name", name)));
    for (String protocol : protocols) {
      Port.Builder port =
          Port.newBuilder().setNumber(announced.number()).setProtocol(protocol).setLabels(labels);
      announced.name().ifPresent(port::setName);
      discovery.getPortsBuilder().addPorts(port);
    }
  }

  private static Label label(String key, String value) {
    return Label.newBuilder().setKey(key).setValue(value).build();
  }
}

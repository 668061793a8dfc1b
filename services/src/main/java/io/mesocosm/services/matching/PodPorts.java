package io.mesocosm.services.matching;

import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodDefinition;
import java.util.ArrayList;
import java.util.List;

/** The ports of a pod's endpoints, in their order (contracts/marathon-pods.md L7). */
final class PodPorts {
  private PodPorts() {}

  /**
   * An endpoint with the ports that an instance has for it.
   *
   * @param hostPort {@value PortAssigner#NONE} if it has none
   * @param containerPort what is listened on inside the pod's network; on the host's network the
   *     host port, and 0 if there is no port at all
   */
  record PlacedEndpoint(String container, Endpoint endpoint, int hostPort, int containerPort) {
    boolean hasHostPort() {
      return hostPort != PortAssigner.NONE;
    }
  }

  /**
   * The host ports that an instance needs: 0 stands for any, {@value PortAssigner#NONE} for none.
   */
  static List<Integer> wanted(PodDefinition pod) {
    return pod.containers().stream()
        .flatMap(container -> container.endpoints().stream())
        .map(endpoint -> endpoint.hostPort().orElse(PortAssigner.NONE))
        .toList();
  }

  /**
   * @param hostPorts as many as {@link #wanted}, with a number in the place of each 0
   */
  static List<PlacedEndpoint> place(PodDefinition pod, List<Integer> hostPorts) {
    boolean host = pod.networkMode() == Network.Mode.HOST;
    List<PlacedEndpoint> placed = new ArrayList<>();
    for (PodContainer container : pod.containers()) {
      for (Endpoint endpoint : container.endpoints()) {
        int hostPort = hostPorts.get(placed.size());
        int asked = host ? 0 : endpoint.containerPort().orElse(0);
        int containerPort = asked > 0 ? asked : Math.max(0, hostPort);
        placed.add(new PlacedEndpoint(container.name(), endpoint, hostPort, containerPort));
      }
    }
    return placed;
  }
}

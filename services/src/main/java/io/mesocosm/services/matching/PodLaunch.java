package io.mesocosm.services.matching;

import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import java.util.List;

/**
 * An instance of a pod that was matched with an offer, and is to be launched.
 *
 * @param attempt counted from 1
 * @param place its host ports are of no account here
 * @param hostPorts in the order of the pod's endpoints, {@value PortAssigner#NONE} for none
 * @param frameworkId as whom the offer was made to
 * @param resources what it takes of the offer, with its host ports
 * @param enforcesGroupRole whether the pod's group insists on its role
 */
record PodLaunch(
    PodDefinition pod,
    InstanceId instance,
    int attempt,
    Placement place,
    List<Integer> hostPorts,
    String frameworkId,
    PodResources resources,
    boolean enforcesGroupRole) {
  PodLaunch {
    hostPorts = List.copyOf(hostPorts);
  }

  /** L2. */
  String taskId(String container) {
    return instance + "." + container + "." + attempt;
  }

  /** L1: here the word comes first. */
  String executorId() {
    return "instance-" + instance.app().taskPrefix() + "." + instance.uuid();
  }

  List<PodPorts.PlacedEndpoint> endpoints() {
    return PodPorts.place(pod, hostPorts);
  }

  /** Of one container. */
  List<PodPorts.PlacedEndpoint> endpoints(String container) {
    return endpoints().stream().filter(placed -> placed.container().equals(container)).toList();
  }
}

package io.mesocosm.simulation;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.invariant.ClusterView;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run has come to, as far as it must not depend on what went wrong on the way.
 *
 * @param instancesByApp that run
 * @param cpusByRole limits that hold
 * @param oneOffsLaunched how many of the tasks that were submitted
 */
public record EndState(
    SortedMap<String, Integer> instancesByApp,
    SortedMap<String, Double> cpusByRole,
    long oneOffsLaunched) {

  static EndState of(SimulatedCluster cluster) {
    SortedMap<String, Integer> instances = new TreeMap<>();
    cluster.services().stream()
        .flatMap(seen -> seen.specs().keySet().stream())
        .forEach(app -> instances.put(app.path(), instances(cluster, app)));
    long launched = cluster.oneOffs().stream().filter(ClusterView.OneOff::launched).count();
    return new EndState(instances, new TreeMap<>(cluster.quotas()), launched);
  }

  /** Of a pod, some containers may have ended well. */
  private static int instances(SimulatedCluster cluster, AppId app) {
    return (int)
        cluster.running(app.path()).stream()
            .flatMap(task -> InstanceId.parse(task).stream())
            .distinct()
            .count();
  }
}

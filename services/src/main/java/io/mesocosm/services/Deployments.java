package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The deployments under way, oldest first, and those that are being stored. Either kind locks the
 * apps that it affects (contracts/marathon-api.md L1).
 */
final class Deployments {
  private final SequencedMap<DeploymentId, Deployment> runningById = new LinkedHashMap<>();
  private final Map<DeploymentId, Deployment> storingById = new LinkedHashMap<>();

  List<Deployment> running() {
    return List.copyOf(runningById.values());
  }

  Optional<Deployment> get(DeploymentId id) {
    return Optional.ofNullable(runningById.get(id));
  }

  /** Those that stand in the way of changing the apps. */
  List<DeploymentId> conflicts(Collection<AppId> apps) {
    List<DeploymentId> conflicts = new ArrayList<>();
    for (Deployment deployment : both()) {
      if (apps.stream().anyMatch(deployment::affects)) {
        conflicts.add(deployment.id());
      }
    }
    return conflicts;
  }

  int count() {
    return runningById.size() + storingById.size();
  }

  /** Running or being stored. */
  List<Deployment> both() {
    List<Deployment> both = new ArrayList<>(runningById.values());
    both.addAll(storingById.values());
    return both;
  }

  Optional<Deployment> affecting(AppId app) {
    return runningById.values().stream().filter(running -> running.affects(app)).findFirst();
  }

  List<DeploymentId> idsAffecting(AppId app) {
    return runningById.values().stream()
        .filter(running -> running.affects(app))
        .map(Deployment::id)
        .toList();
  }

  void storing(Deployment deployment) {
    storingById.put(deployment.id(), deployment);
  }

  void notStored(DeploymentId id) {
    storingById.remove(id);
  }

  void begin(Deployment deployment) {
    storingById.remove(deployment.id());
    runningById.put(deployment.id(), deployment);
  }

  void advanced(Deployment deployment) {
    runningById.put(deployment.id(), deployment);
  }

  Optional<Deployment> remove(DeploymentId id) {
    return Optional.ofNullable(runningById.remove(id));
  }
}

package io.mesocosm.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;

/** What operations do to the folders of persistent volumes, and when they may not. */
final class VolumePlan {
  private final AgentConfig config;
  private final Frameworks frameworks;

  VolumePlan(AgentConfig config, Frameworks frameworks) {
    this.config = config;
    this.frameworks = frameworks;
  }

  /**
   * Why an operation cannot be applied because of the volumes that it is about.
   *
   * @param total everything that the agent has
   */
  Optional<String> problem(Offer.Operation operation, List<Resource> total) {
    Set<String> taken = new TreeSet<>();
    total.stream().filter(PersistentVolumes::isVolume).map(this::path).forEach(taken::add);
    for (Resource volume : operation.getCreate().getVolumesList()) {
      Optional<String> problem = PersistentVolumes.problem(volume);
      if (problem.isPresent()) {
        return problem;
      }
      if (!taken.add(path(volume))) {
        // To make it would be to clear the other one.
        return Optional.of(
            "persistent volume "
                + volume.getDisk().getPersistence().getId()
                + " exists already at "
                + path(volume)
                + ": choose another id");
      }
    }
    for (Resource volume : operation.getDestroy().getVolumesList()) {
      if (isUsed(path(volume))) {
        return Optional.of(
            "persistent volume "
                + volume.getDisk().getPersistence().getId()
                + " is used by a task: kill the task first");
      }
    }
    return Optional.empty();
  }

  List<VolumeChange> before(Offer.Operation operation) {
    List<VolumeChange> changes = new ArrayList<>();
    for (Resource volume : operation.getCreate().getVolumesList()) {
      changes.add(
          new VolumeChange(
              path(volume),
              PersistentVolumes.isWholeMount(volume)
                  ? VolumeChange.Kind.KEEP
                  : VolumeChange.Kind.MAKE));
    }
    return changes;
  }

  List<VolumeChange> after(Offer.Operation operation) {
    List<VolumeChange> changes = new ArrayList<>();
    for (Resource volume : operation.getDestroy().getVolumesList()) {
      changes.add(
          new VolumeChange(
              path(volume),
              PersistentVolumes.isWholeMount(volume)
                  ? VolumeChange.Kind.CLEAR
                  : VolumeChange.Kind.DELETE));
    }
    return changes;
  }

  private boolean isUsed(String path) {
    for (Executor executor : frameworks.executors()) {
      boolean alive =
          !executor.isCustom() || executor.process().phase() != ExecutorPhase.TERMINATED;
      boolean byExecutor =
          alive
              && executor.info().stream()
                  .flatMap(info -> info.getResourcesList().stream())
                  .anyMatch(resource -> isAt(resource, path));
      boolean byTask =
          executor.tasks().stream()
              .filter(task -> task.phase() != TaskPhase.ENDED)
              .flatMap(task -> task.info().getResourcesList().stream())
              .anyMatch(resource -> isAt(resource, path));
      if (byExecutor || byTask) {
        return true;
      }
    }
    return false;
  }

  private boolean isAt(Resource resource, String path) {
    return PersistentVolumes.isVolume(resource) && path(resource).equals(path);
  }

  private String path(Resource volume) {
    return PersistentVolumes.path(volume, config.workDir());
  }
}

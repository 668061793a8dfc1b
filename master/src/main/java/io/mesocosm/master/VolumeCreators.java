package io.mesocosm.master;

import io.mesocosm.model.resource.Disk;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Resource;

/**
 * Who has made volumes, as their agent knows it: what a call claims of them decides nothing, or
 * anybody could destroy what is another's.
 */
final class VolumeCreators {
  private VolumeCreators() {}

  /**
   * @param agent that the volumes are on; of an unknown one, and of a volume that is not there, the
   *     claim is taken, for nothing can come of the call
   */
  static List<String> of(List<Resource> volumes, Optional<Agent> agent) {
    return volumes.stream()
        .map(volume ->
            agent
                .flatMap(on -> known(volume, on))
                .map(persistence -> persistence.principal().orElse(""))
                .orElse(volume.getDisk().getPersistence().getPrincipal()))
        .distinct()
        .toList();
  }

  /** Ids of volumes are unique within a role. */
  private static Optional<Disk.Persistence> known(Resource volume, Agent agent) {
    String id = volume.getDisk().getPersistence().getId();
    List<String> role = OperatorOperations.roles(List.of(volume));
    return agent.total().entries().stream()
        .filter(entry -> role.contains(entry.role()))
        .flatMap(entry -> entry.disk().stream())
        .flatMap(disk -> disk.persistence().stream())
        .filter(persistence -> persistence.id().equals(id))
        .findFirst();
  }
}

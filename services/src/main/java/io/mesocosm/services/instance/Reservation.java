package io.mesocosm.services.instance;

import java.util.List;

/**
 * What an agent keeps for a resident instance when its tasks end.
 *
 * @param id labels the reserved resources; unique to the instance
 * @param volumes on the agent's disk
 */
public record Reservation(String id, List<LocalVolume> volumes) {
  public Reservation {
    volumes = List.copyOf(volumes);
  }

  /**
   * @param containerPath as the definition names it
   * @param uuid of this volume; {@code <app>#<path>#<uuid>} is its persistence id (contracts
   *     /marathon-api.md §11)
   */
  public record LocalVolume(String containerPath, String uuid, String persistenceId) {}
}

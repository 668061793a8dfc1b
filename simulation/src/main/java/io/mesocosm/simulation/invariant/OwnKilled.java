package io.mesocosm.simulation.invariant;

import io.mesocosm.services.instance.InstanceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The services scheduler ends only tasks of its own, and none that it has written down as wanted: a
 * leader who does not know what the last one has launched would.
 */
final class OwnKilled extends Invariant {
  private final Map<InstanceId, Boolean> wantedByInstance = new HashMap<>();

  OwnKilled() {
    super("only tasks that are not wanted are killed");
  }

  @Override
  public void instanceKept(InstanceId instance, Optional<Boolean> wanted) {
    wanted.ifPresentOrElse(
        is -> wantedByInstance.put(instance, is), () -> wantedByInstance.remove(instance));
  }

  @Override
  public void servicesKill(String task) {
    Optional<InstanceId> instance = InstanceId.parse(task);
    if (instance.isEmpty()) {
      violated("task " + task + " is killed, which is not one of the services scheduler");
    } else if (Boolean.TRUE.equals(wantedByInstance.get(instance.get()))) {
      violated("task " + task + " is killed, which is wanted as far as is stored");
    }
  }
}

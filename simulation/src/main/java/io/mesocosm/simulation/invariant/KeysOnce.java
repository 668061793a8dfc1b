package io.mesocosm.simulation.invariant;

import io.mesocosm.services.DeploymentId;
import java.util.HashMap;
import java.util.Map;

/** However often a request with the same key is repeated, it is carried out once. */
final class KeysOnce extends Invariant {
  private final Map<String, DeploymentId> deploymentByKey = new HashMap<>();

  KeysOnce() {
    super("a request with a key is carried out once");
  }

  @Override
  public void keyed(String key, DeploymentId deployment) {
    DeploymentId earlier = deploymentByKey.putIfAbsent(key, deployment);
    if (earlier != null && !earlier.equals(deployment)) {
      violated("key " + key + " led to deployment " + deployment + ", and before to " + earlier);
    }
  }
}

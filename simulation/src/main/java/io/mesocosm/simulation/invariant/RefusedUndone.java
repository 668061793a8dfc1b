package io.mesocosm.simulation.invariant;

import io.mesocosm.services.DeploymentId;
import java.util.HashSet;
import java.util.Set;

/** What users were told has not been done is not done later, by whoever leads then. */
final class RefusedUndone extends Invariant {
  private final Set<DeploymentId> refused = new HashSet<>();

  RefusedUndone() {
    super("what was refused is not done");
  }

  @Override
  public void changeRefused(DeploymentId deployment) {
    refused.add(deployment);
  }

  @Override
  public void deploymentCarriedOut(DeploymentId deployment) {
    if (refused.contains(deployment)) {
      violated("deployment " + deployment + " is carried out, and users were told that it is not");
    }
  }
}

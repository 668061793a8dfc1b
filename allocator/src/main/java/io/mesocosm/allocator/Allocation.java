package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;

/**
 * Resources of one agent, now allocated to one framework in one of its roles: what becomes one
 * offer (contracts/mesos-allocation.md C11).
 *
 * @param resources not empty; each is allocated to {@code role}
 */
public record Allocation(FrameworkId framework, String role, AgentId agent, Resources resources) {
  public Allocation {
    if (resources.isEmpty()) {
      throw new IllegalArgumentException(
          "allocation to " + framework + " on " + agent + " must not be empty");
    }
  }
}

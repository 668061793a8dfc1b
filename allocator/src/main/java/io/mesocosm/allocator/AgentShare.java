package io.mesocosm.allocator;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.SortedMap;
import java.util.TreeMap;

/** One agent as the allocator sees it: its total, who holds what of it, and what is free. */
final class AgentShare {
  private final Resources total;
  private final SortedMap<FrameworkId, Resources> allocated = new TreeMap<>();
  private Resources free;
  private boolean active = true;

  AgentShare(Resources total, SortedMap<FrameworkId, Resources> inUse) {
    this.total = total;
    inUse.forEach((framework, resources) -> {
      if (!resources.isEmpty()) {
        allocated.put(framework, resources);
      }
    });
    this.free = unused();
  }

  Resources total() {
    return total;
  }

  Resources free() {
    return free;
  }

  SortedMap<FrameworkId, Resources> allocated() {
    return allocated;
  }

  boolean isActive() {
    return active;
  }

  void setActive(boolean active) {
    this.active = active;
  }

  boolean hasGpus() {
    return total.scalar("gpus").compareTo(Scalar.ZERO) > 0;
  }

  void allocate(FrameworkId framework, Resources resources) {
    free = free.minus(resources.unallocated());
    allocated.merge(framework, resources, Resources::plus);
  }

  void recover(FrameworkId framework, Resources resources) {
    Resources left = allocated.getOrDefault(framework, Resources.NONE).minus(resources);
    if (left.isEmpty()) {
      allocated.remove(framework);
    } else {
      allocated.put(framework, left);
    }
    free = unused();
  }

  /**
   * The total less what is in use. An agent can come back with less than its tasks use; then what
   * is overdrawn is not free, and the rest is.
   */
  private Resources unused() {
    Resources left = total;
    Resources used = Resources.NONE;
    for (Resources held : allocated.values()) {
      used = used.plus(held.unallocated());
    }
    if (left.contains(used)) {
      return left.minus(used);
    }
    for (Resource resource : used.entries()) {
      Resources one = Resources.of(resource);
      left =
          left.contains(one) ? left.minus(one) : left.filter(entry -> !entry.isSameKind(resource));
    }
    return left;
  }
}

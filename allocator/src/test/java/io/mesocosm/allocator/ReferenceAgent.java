package io.mesocosm.allocator;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the {@link ReferenceAllocator} knows of an agent; nothing that can be calculated. */
final class ReferenceAgent {
  final SortedMap<FrameworkId, Resources> held = new TreeMap<>();
  AgentTerms terms;
  boolean active = true;
  boolean sharedOffered;

  ReferenceAgent(AgentTerms terms) {
    this.terms = terms;
  }

  ReferenceAgent(ReferenceAgent other) {
    terms = other.terms;
    active = other.active;
    held.putAll(other.held);
  }

  Resources heldBy(FrameworkId framework) {
    return held.getOrDefault(framework, Resources.NONE);
  }

  Resources free() {
    Resources used = Resources.NONE;
    for (Resources each : held.values()) {
      used = used.plus(each.nonShared().unallocated());
    }
    return terms.total().minusAtMost(used);
  }

  /** How much of a scalar is neither reserved nor revocable. */
  static long openOf(Resources resources, String name) {
    return resources.unreserved().nonRevocable().scalar(name).thousandths();
  }
}

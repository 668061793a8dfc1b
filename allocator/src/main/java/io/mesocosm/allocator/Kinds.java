package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;

/** The distinctions between resources that matter to who may be offered them. */
final class Kinds {
  private Kinds() {}

  static boolean isShared(Resource resource) {
    return resource.shared();
  }

  /** Whether it can only be had as a whole: a mounted or raw disk, or a volume (Q8). */
  static boolean isWhole(Resource resource) {
    return !resource.isDivisible();
  }

  /** Whether guarantees and limits are about it. */
  static boolean isOpen(Resource resource) {
    return resource.reservations().isEmpty() && !resource.revocable() && !isShared(resource);
  }

  /** Whether nothing about them can keep them from any framework. */
  static boolean arePlain(Resources resources) {
    for (Resource entry : resources.entries()) {
      if (!isOpen(entry)) {
        return false;
      }
    }
    return true;
  }

  static boolean haveShared(Resources resources) {
    for (Resource entry : resources.entries()) {
      if (isShared(entry)) {
        return true;
      }
    }
    return false;
  }

  static Resources withoutShared(Resources resources) {
    return haveShared(resources) ? resources.filter(entry -> !isShared(entry)) : resources;
  }

  /** A number below 8 that is the same for frameworks that {@link #isVisible} treats alike. */
  static int capabilityBits(FrameworkTerms terms) {
    return (terms.has(FrameworkCapability.REVOCABLE_RESOURCES) ? 1 : 0)
        + (terms.has(FrameworkCapability.RESERVATION_REFINEMENT) ? 2 : 0)
        + (terms.has(FrameworkCapability.SHARED_RESOURCES) ? 4 : 0);
  }

  /** Whether a framework that said {@code capabilities} may see it (E7). */
  static boolean isVisible(Resource resource, FrameworkTerms terms) {
    return (!resource.revocable() || terms.has(FrameworkCapability.REVOCABLE_RESOURCES))
        && (resource.reservations().size() < 2
            || terms.has(FrameworkCapability.RESERVATION_REFINEMENT))
        && (!isShared(resource) || terms.has(FrameworkCapability.SHARED_RESOURCES));
  }
}

package io.mesocosm.model.resource;

import io.mesocosm.model.resource.Resource.Reservation;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The order in which a collection keeps its resources, so that two are merged, compared and
 * subtracted in one pass. Resources that add up compare as equal whatever their amounts; those that
 * are taken as a whole compare as equal only if their amounts are equal too.
 *
 * <p>Every comparison begins with what is cheap: nearly all resources of a cluster are plain ones,
 * told apart by their name and at most a role.
 */
final class ResourceOrder {
  private ResourceOrder() {}

  static int compare(Resource left, Resource right) {
    int compared = compareKinds(left, right);
    return compared != 0 || left.isDivisible()
        ? compared
        : ((Scalar) left.value()).compareTo((Scalar) right.value());
  }

  // The very same object is found without reading it: amounts are mostly passed on as they are.
  @SuppressWarnings("ReferenceEquality")
  static int compareKinds(Resource left, Resource right) {
    if (left == right) {
      return 0;
    }
    int compared = compareTexts(left.name(), right.name());
    if (compared == 0) {
      compared = compareReservations(left.reservations(), right.reservations());
    }
    if (compared == 0) {
      compared = compareOptional(left.disk(), right.disk(), Comparator.naturalOrder());
    }
    if (compared == 0) {
      compared = compareTexts(left.allocationRole(), right.allocationRole());
    }
    if (compared == 0) {
      compared = Boolean.compare(left.revocable(), right.revocable());
    }
    if (compared == 0) {
      compared = Boolean.compare(left.shared(), right.shared());
    }
    return compared == 0 ? compareTexts(left.provider(), right.provider()) : compared;
  }

  static <T> int compareOptional(Optional<T> left, Optional<T> right, Comparator<T> order) {
    if (left.isEmpty() || right.isEmpty()) {
      return Boolean.compare(left.isPresent(), right.isPresent());
    }
    return order.compare(left.get(), right.get());
  }

  private static int compareTexts(Optional<String> left, Optional<String> right) {
    if (left.isEmpty() || right.isEmpty()) {
      return Boolean.compare(left.isPresent(), right.isPresent());
    }
    return compareTexts(left.get(), right.get());
  }

  private static int compareTexts(String left, String right) {
    return left.equals(right) ? 0 : left.compareTo(right);
  }

  /** Reserved ones first, by role from the outermost; a refined one before what it refines. */
  private static int compareReservations(List<Reservation> left, List<Reservation> right) {
    int both = Math.min(left.size(), right.size());
    for (int i = 0; i < both; i++) {
      int compared = compare(left.get(i), right.get(i));
      if (compared != 0) {
        return compared;
      }
    }
    return Integer.compare(right.size(), left.size());
  }

  private static int compare(Reservation left, Reservation right) {
    int compared = compareTexts(left.role(), right.role());
    if (compared == 0) {
      compared = Boolean.compare(left.dynamic(), right.dynamic());
    }
    if (compared == 0) {
      compared = compareTexts(left.principal(), right.principal());
    }
    return compared == 0 ? left.labels().compareTo(right.labels()) : compared;
  }
}

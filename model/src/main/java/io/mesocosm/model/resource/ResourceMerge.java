package io.mesocosm.model.resource;

import java.util.Arrays;

/** Collects what a pass over sorted resources comes to. Used once, by one thread. */
final class ResourceMerge {
  private static final int[] ONCE_EACH = {};

  private final Resource[] items;
  private int[] counts = ONCE_EACH;
  private int size;

  ResourceMerge(int sizeMax) {
    items = new Resource[sizeMax];
  }

  /** Adds an entry that comes after the last one. Nothing happens if the count is 0. */
  void append(Resource resource, int count) {
    if (count == 0) {
      return;
    }
    if (size > 0) {
      requireSameType(items[size - 1], resource);
    }
    if (count > 1 && counts.length == 0) {
      counts = new int[items.length];
      Arrays.fill(counts, 1);
    }
    if (counts.length > 0) {
      counts[size] = count;
    }
    items[size++] = resource;
  }

  /** Adds an entry that comes after the last one or adds up with it. */
  void join(Resource resource, int count) {
    if (size == 0
        || ResourceOrder.compare(items[size - 1], resource) != 0
        || !(resource.isDivisible() || resource.shared())) {
      append(resource, count);
    } else if (resource.isDivisible()) {
      items[size - 1] = added(items[size - 1], resource);
    } else {
      int last = size - 1;
      int before = counts.length == 0 ? 1 : counts[last];
      size = last;
      append(items[last], before + count);
    }
  }

  /** Adds what is left of an entry that comes after the last one, if anything is. */
  void appendRest(Resource from, Resource taken) {
    requireSameType(from, taken);
    Value rest = Value.rest(from.value(), taken.value());
    if (!rest.isEmpty()) {
      append(from.withValue(rest), 1);
    }
  }

  /** What was collected; {@code same} if it is that. */
  Resources result(Resources same) {
    if (size == 0) {
      return Resources.NONE;
    }
    if (same.isMadeOf(items, counts, size)) {
      return same;
    }
    return new Resources(
        size == items.length ? items : Arrays.copyOf(items, size), trimmedCounts());
  }

  /** Counts are left out again when the last that was held twice went, so that equal is equal. */
  private int[] trimmedCounts() {
    if (counts.length == 0) {
      return counts;
    }
    for (int i = 0; i < size; i++) {
      if (counts[i] > 1) {
        return Arrays.copyOf(counts, size);
      }
    }
    return ONCE_EACH;
  }

  static Resource added(Resource left, Resource right) {
    requireSameType(left, right);
    return left.withValue(Value.sum(left.value(), right.value()));
  }

  /** Whether the two can stand one after the other as they are, of one type if of one name. */
  static boolean isInOrder(Resource left, Resource right) {
    return ResourceOrder.compare(left, right) < 0
        && (left.value().getClass() == right.value().getClass()
            || !left.name().equals(right.name()));
  }

  private static void requireSameType(Resource left, Resource right) {
    if (left.value().getClass() != right.value().getClass() && left.name().equals(right.name())) {
      throw new IllegalArgumentException(
          "resource " + left.name() + " has values of different types");
    }
  }
}

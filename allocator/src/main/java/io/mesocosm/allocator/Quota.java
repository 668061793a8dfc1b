package io.mesocosm.allocator;

import io.mesocosm.model.resource.Scalar;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a top-level role and the roles below it may count on, and what they may have at most
 * (contracts/mesos-allocation.md Q1, Q2).
 *
 * @param guarantees by resource name; nothing is guaranteed of those that it does not name
 * @param limits by resource name; those that it does not name are not limited
 */
public record Quota(SortedMap<String, Scalar> guarantees, SortedMap<String, Scalar> limits) {
  public static final Quota NONE = new Quota(new TreeMap<>(), new TreeMap<>());

  public Quota {
    guarantees = Collections.unmodifiableSortedMap(new TreeMap<>(guarantees));
    limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
  }

  public boolean isNone() {
    return guarantees.isEmpty() && limits.isEmpty();
  }
}

package io.mesocosm.allocator;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the allocator is to know of a framework.
 *
 * @param roles those it subscribes to (E2)
 * @param suppressedRoles the ones of {@code roles} that it wants no offers for (E1); others in it
 *     are left out
 * @param minAllocatableByRole replaces the master's minimum for that role (E8)
 * @param constraintsByRole which agents it wants in that role (E6); called on the allocator's
 *     thread, its answer is kept as long as neither side changes
 */
public record FrameworkTerms(
    SortedSet<String> roles,
    SortedSet<String> suppressedRoles,
    Set<FrameworkCapability> capabilities,
    SortedMap<String, MinAllocatable> minAllocatableByRole,
    SortedMap<String, Predicate<AgentTerms>> constraintsByRole) {
  public FrameworkTerms {
    roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
    SortedSet<String> suppressed = new TreeSet<>(suppressedRoles);
    suppressed.retainAll(roles);
    suppressedRoles = Collections.unmodifiableSortedSet(suppressed);
    EnumSet<FrameworkCapability> sorted = EnumSet.noneOf(FrameworkCapability.class);
    sorted.addAll(capabilities);
    capabilities = Collections.unmodifiableSet(sorted);
    minAllocatableByRole = Collections.unmodifiableSortedMap(new TreeMap<>(minAllocatableByRole));
    constraintsByRole = Collections.unmodifiableSortedMap(new TreeMap<>(constraintsByRole));
  }

  /** A framework with some roles, none of them suppressed, and no wishes of its own. */
  public static FrameworkTerms of(SortedSet<String> roles, FrameworkCapability... capabilities) {
    return new FrameworkTerms(
        roles, new TreeSet<>(), Set.of(capabilities), new TreeMap<>(), new TreeMap<>());
  }

  public FrameworkTerms withSuppressed(SortedSet<String> newSuppressedRoles) {
    return new FrameworkTerms(
        roles, newSuppressedRoles, capabilities, minAllocatableByRole, constraintsByRole);
  }

  public FrameworkTerms withMinAllocatable(SortedMap<String, MinAllocatable> byRole) {
    return new FrameworkTerms(roles, suppressedRoles, capabilities, byRole, constraintsByRole);
  }

  public FrameworkTerms withConstraints(SortedMap<String, Predicate<AgentTerms>> byRole) {
    return new FrameworkTerms(roles, suppressedRoles, capabilities, minAllocatableByRole, byRole);
  }

  public boolean has(FrameworkCapability capability) {
    return capabilities.contains(capability);
  }
}

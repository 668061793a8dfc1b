package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one role has: roles are those that are subscribed to, hold something, or have a reservation,
 * a quota or a weight, and their ancestors (R1, R5).
 */
final class RoleTally {
  private final SortedSet<String> frameworks = new TreeSet<>();
  private final List<Resource> allocated = new ArrayList<>();
  private final List<Resource> offered = new ArrayList<>();
  private final List<Resource> reserved = new ArrayList<>();

  private RoleTally() {}

  static SortedMap<String, RoleTally> of(MasterSnapshot snapshot) {
    SortedMap<String, RoleTally> tallies = new TreeMap<>();
    snapshot.frameworks().values().forEach(framework -> count(tallies, framework));
    snapshot.agents().values().forEach(agent -> countReserved(tallies, agent));
    snapshot.decisions().quotas().keySet().forEach(role -> tally(tallies, role));
    snapshot.decisions().weights().keySet().forEach(role -> tally(tallies, role));
    return tallies;
  }

  SortedSet<String> frameworks() {
    return Collections.unmodifiableSortedSet(frameworks);
  }

  Resources allocated() {
    return Resources.of(allocated);
  }

  Resources offered() {
    return Resources.of(offered);
  }

  Resources reserved() {
    return Resources.of(reserved);
  }

  /** What counts against a quota, of this role alone: unreserved use, and all reservations. */
  Resources consumed() {
    return allocated()
        .filter(entry -> entry.reservations().isEmpty() && !entry.revocable())
        .plus(reserved())
        .unallocated();
  }

  private static RoleTally tally(SortedMap<String, RoleTally> tallies, String role) {
    int slash = role.lastIndexOf('/');
    if (slash > 0) {
      tally(tallies, role.substring(0, slash));
    }
    return tallies.computeIfAbsent(role, _ -> new RoleTally());
  }

  private static void count(SortedMap<String, RoleTally> tallies, FrameworkView framework) {
    framework.roles().forEach(role -> tally(tallies, role).frameworks.add(framework.id().value()));
    for (Resource resource : framework.used().entries()) {
      tally(tallies, resource.allocationRole().orElse("*")).allocated.add(resource);
    }
    for (Resource resource : framework.offered().entries()) {
      tally(tallies, resource.allocationRole().orElse("*")).offered.add(resource);
    }
  }

  private static void countReserved(SortedMap<String, RoleTally> tallies, AgentView agent) {
    for (Resource resource : agent.total().entries()) {
      if (!resource.reservations().isEmpty()) {
        tally(tallies, resource.role()).reserved.add(resource);
      }
    }
  }
}

package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code /roles}: every role that is subscribed to, holds something or has a reservation (R1, R5).
 */
final class RolesJson {
  private static final class RoleTally {
    final SortedSet<String> frameworks = new TreeSet<>();
    Resources allocated = Resources.NONE;
    Resources offered = Resources.NONE;
    Resources reserved = Resources.NONE;
  }

  private final SortedMap<String, RoleTally> tallies = new TreeMap<>();

  private RolesJson() {}

  static void write(JsonWriter json, MasterSnapshot snapshot) {
    RolesJson roles = new RolesJson();
    snapshot.frameworks().values().forEach(roles::count);
    snapshot.agents().values().forEach(roles::countReserved);
    json.name("roles").beginArray();
    roles.tallies.forEach((role, tally) -> write(json, role, tally));
    json.endArray();
  }

  private RoleTally tally(String role) {
    int slash = role.lastIndexOf('/');
    if (slash > 0) {
      // Ancestors are listed too.
      tally(role.substring(0, slash));
    }
    return tallies.computeIfAbsent(role, _ -> new RoleTally());
  }

  private void count(FrameworkView framework) {
    framework.roles().forEach(role -> tally(role).frameworks.add(framework.id().value()));
    for (Resource resource : framework.used().entries()) {
      RoleTally tally = tally(resource.allocationRole().orElse("*"));
      tally.allocated = tally.allocated.plus(Resources.of(resource));
    }
    for (Resource resource : framework.offered().entries()) {
      RoleTally tally = tally(resource.allocationRole().orElse("*"));
      tally.offered = tally.offered.plus(Resources.of(resource));
    }
  }

  private void countReserved(AgentView agent) {
    for (Resource resource : agent.total().entries()) {
      if (!resource.reservations().isEmpty()) {
        RoleTally tally = tally(resource.role());
        tally.reserved = tally.reserved.plus(Resources.of(resource));
      }
    }
  }

  private static void write(JsonWriter json, String role, RoleTally tally) {
    json.beginObject().field("name", role).field("weight", 1.0);
    // No quota: nothing is guaranteed, nothing is limited.
    json.name("quota").beginObject().field("role", role);
    json.name("guarantee").beginObject().endObject();
    json.name("limit").beginObject().endObject();
    ResourceJson.write(json, "consumed", tally.allocated.plus(tally.reserved));
    json.endObject();
    ResourceJson.write(json, "resources", tally.allocated.plus(tally.offered));
    ResourceJson.write(json, "allocated", tally.allocated);
    ResourceJson.write(json, "offered", tally.offered);
    ResourceJson.write(json, "reserved", tally.reserved);
    json.name("frameworks").beginArray();
    tally.frameworks.forEach(json::value);
    json.endArray().endObject();
  }
}

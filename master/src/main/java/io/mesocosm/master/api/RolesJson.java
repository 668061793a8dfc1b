package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;

/** {@code /roles} (contracts/mesos-operator-api.md §5). */
final class RolesJson {
  private RolesJson() {}

  static void write(JsonWriter json, MasterSnapshot snapshot, Visible visible) {
    SortedMap<String, RoleTally> tallies = RoleTally.of(snapshot);
    json.name("roles").beginArray();
    tallies.forEach((role, tally) -> {
      if (visible.role(role)) {
        write(json, snapshot, role, tally, consumed(tallies, role));
      }
    });
    json.endArray();
  }

  /** Of the role and all below it. */
  private static Resources consumed(SortedMap<String, RoleTally> tallies, String role) {
    List<io.mesocosm.model.resource.Resource> all = new ArrayList<>();
    tallies.forEach((name, tally) -> {
      if (name.equals(role) || name.startsWith(role + "/")) {
        all.addAll(tally.consumed().entries());
      }
    });
    return Resources.of(all);
  }

  private static void write(
      JsonWriter json, MasterSnapshot snapshot, String role, RoleTally tally, Resources consumed) {
    json.beginObject().field("name", role);
    json.field("weight", snapshot.decisions().weights().getOrDefault(role, 1.0));
    QuotaConfig quota =
        snapshot.decisions().quotas().getOrDefault(role, QuotaConfig.getDefaultInstance());
    json.name("quota").beginObject().field("role", role);
    amounts(json, "guarantee", quota.getGuaranteesMap());
    amounts(json, "limit", quota.getLimitsMap());
    ResourceJson.write(json, "consumed", consumed);
    json.endObject();
    ResourceJson.write(json, "resources", tally.allocated().plus(tally.offered()));
    ResourceJson.write(json, "allocated", tally.allocated());
    ResourceJson.write(json, "offered", tally.offered());
    ResourceJson.write(json, "reserved", tally.reserved());
    json.name("frameworks").beginArray();
    tally.frameworks().forEach(json::value);
    json.endArray().endObject();
  }

  private static void amounts(JsonWriter json, String name, Map<String, Value.Scalar> amounts) {
    json.name(name).beginObject();
    new TreeMap<>(amounts).forEach((resource, amount) -> json.field(resource, amount.getValue()));
    json.endObject();
  }
}

package io.mesocosm.master.api;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.LegacyJson;
import io.mesocosm.protocol.MesosJson;
import io.mesocosm.protocol.ResourceMapping;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Resources in the legacy endpoints: as amounts by name, or in full as messages (§6). */
final class ResourceJson {
  private ResourceJson() {}

  static void write(JsonWriter json, String name, Resources resources) {
    json.name(name);
    LegacyJson.resources(json, resources);
  }

  /** Those that are reserved, by role. */
  static void writeReserved(JsonWriter json, String name, Resources resources) {
    json.name(name);
    writeByRole(json, resources, (role, reserved) -> write(json, role, reserved));
  }

  static void writeUnreserved(JsonWriter json, String name, Resources resources) {
    write(json, name, unreserved(resources));
  }

  static void writeReservedFull(JsonWriter json, String name, Resources resources) {
    json.name(name);
    writeByRole(json, resources, (role, reserved) -> writeFull(json, role, reserved));
  }

  static void writeUnreservedFull(JsonWriter json, String name, Resources resources) {
    writeFull(json, name, unreserved(resources));
  }

  static void writeFull(JsonWriter json, String name, Resources resources) {
    json.name(name).beginArray();
    ResourceMapping.toProtoEndpoint(resources).forEach(message -> MesosJson.write(message, json));
    json.endArray();
  }

  private static Resources unreserved(Resources resources) {
    return resources.filter(resource -> resource.reservations().isEmpty());
  }

  private static void writeByRole(
      JsonWriter json, Resources resources, BiConsumer<String, Resources> write) {
    SortedMap<String, Resources> byRole = new TreeMap<>();
    for (Resource resource : resources.entries()) {
      if (!resource.reservations().isEmpty()) {
        byRole.merge(resource.role(), Resources.of(resource), Resources::plus);
      }
    }
    json.beginObject();
    byRole.forEach(write);
    json.endObject();
  }
}

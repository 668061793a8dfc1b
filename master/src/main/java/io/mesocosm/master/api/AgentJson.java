package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.LegacyJson;
import org.apache.mesos.v1.Protos.AgentInfo;

/** An agent as {@code /state} and {@code /slaves} show it (contracts/mesos-operator-api.md §6). */
final class AgentJson {
  private AgentJson() {}

  /** Writes the fields of an agent, without the braces. */
  static void fields(JsonWriter json, AgentView agent) {
    place(json, agent.id(), agent.info());
    json.field("pid", pid(agent));
    json.field("registered_time", WireJson.seconds(agent.registeredAt()));
    agent
        .reregisteredAt()
        .ifPresent(time -> json.field("reregistered_time", WireJson.seconds(time)));
    ResourceJson.write(json, "resources", agent.total());
    ResourceJson.write(json, "used_resources", agent.used());
    ResourceJson.write(json, "offered_resources", agent.offered());
    ResourceJson.writeReserved(json, "reserved_resources", agent.total());
    ResourceJson.writeUnreserved(json, "unreserved_resources", agent.total());
    json.field("active", agent.active());
    json.field("deactivated", agent.deactivated());
    json.field("version", agent.version());
    agent.drain().ifPresent(drain -> WireJson.message(json, "drain_info", drain));
    agent
        .drainStarted()
        .ifPresent(time ->
            json.field("estimated_drain_start_time_seconds", (double) time.getEpochSecond()));
    json.name("capabilities").beginArray();
    agent.capabilities().forEach(json::value);
    json.endArray();
  }

  /** One that is known from the registry alone. */
  static void writeRecovered(JsonWriter json, AgentId id, AgentInfo info) {
    json.beginObject();
    place(json, id, info);
    json.endObject();
  }

  private static void place(JsonWriter json, AgentId id, AgentInfo info) {
    json.field("id", id.value());
    json.field("hostname", info.getHostname());
    json.field("port", info.getPort());
    json.name("attributes");
    LegacyJson.attributes(json, info.getAttributesList());
    if (info.hasDomain()) {
      WireJson.message(json, "domain", info.getDomain());
    }
  }

  /** Where the agent is, as Mesos writes it. */
  static String pid(AgentView agent) {
    String ip = agent.ip();
    String host =
        ip.isEmpty() ? agent.info().getHostname() : ip.contains(":") ? "[" + ip + "]" : ip;
    return "slave(1)@" + host + ":" + agent.info().getPort();
  }

  /** As {@code /slaves}: with the resources in full. */
  static void writeFull(JsonWriter json, AgentView agent) {
    json.beginObject();
    fields(json, agent);
    ResourceJson.writeReservedFull(json, "reserved_resources_full", agent.total());
    ResourceJson.writeUnreservedFull(json, "unreserved_resources_full", agent.total());
    ResourceJson.writeFull(json, "used_resources_full", agent.used());
    ResourceJson.writeFull(json, "offered_resources_full", agent.offered());
    json.endObject();
  }
}

package io.mesocosm.master.api;

import io.mesocosm.protocol.JsonWriter;
import org.apache.mesos.v1.Protos.MasterInfo;

/** The parts of replies that are about the master itself. */
final class MasterJson {
  private MasterJson() {}

  static void version(JsonWriter json, MasterFacts facts) {
    json.field("version", facts.version());
    json.field("build_date", "").field("build_time", 0.0).field("build_user", "");
  }

  /** Who the master is, and since when; it is the one that leads. */
  static void identity(JsonWriter json, MasterFacts facts) {
    MasterInfo info = facts.info();
    json.field("start_time", WireJson.seconds(facts.started()));
    facts.elected().ifPresent(since -> json.field("elected_time", WireJson.seconds(since)));
    json.field("id", info.getId());
    json.field("pid", info.getPid());
    json.field("hostname", info.getHostname());
    json.name("capabilities").beginArray();
    info.getCapabilitiesList().forEach(capability -> json.value(capability.getType().name()));
    json.endArray();
    json.field("leader", info.getPid());
    json.name("leader_info").beginObject();
    json.field("id", info.getId()).field("pid", info.getPid()).field("port", info.getPort());
    json.field("hostname", info.getHostname());
    domain(json, info);
    json.endObject();
    domain(json, info);
    facts.cluster().ifPresent(cluster -> json.field("cluster", cluster));
  }

  private static void domain(JsonWriter json, MasterInfo info) {
    if (info.hasDomain()) {
      WireJson.message(json, "domain", info.getDomain());
    }
  }

  static void flags(JsonWriter json, MasterFacts facts) {
    json.name("flags").beginObject();
    facts.flagTexts().forEach(json::field);
    json.endObject();
  }
}

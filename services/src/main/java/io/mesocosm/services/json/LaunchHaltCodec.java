package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.LaunchHalt;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppId;
import java.util.ArrayList;
import java.util.List;

/** What is halted, as the store keeps it. */
final class LaunchHaltCodec {
  private LaunchHaltCodec() {}

  static ObjectNode write(StoredRecord.HaltRecord stored) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", stored.app().path());
    ArrayNode halts = json.putArray("halts");
    for (LaunchHalt halt : stored.halts()) {
      halts
          .addObject()
          .put("configVersion", halt.configVersion().toString())
          .put("attempts", halt.attempts())
          .put("lastFailure", halt.lastFailure())
          .put("at", halt.at().toString());
    }
    return json;
  }

  static StoredRecord.HaltRecord read(JsonNode json) {
    List<LaunchHalt> halts = new ArrayList<>();
    for (JsonNode halt : json.path("halts")) {
      halts.add(
          new LaunchHalt(
              RecordCodec.instant(halt, "configVersion"),
              halt.path("attempts").asInt(),
              RecordCodec.text(halt, "lastFailure"),
              RecordCodec.instant(halt, "at")));
    }
    return new StoredRecord.HaltRecord(new AppId(RecordCodec.text(json, "id")), halts);
  }
}

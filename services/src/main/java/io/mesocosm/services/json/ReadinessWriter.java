package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.instance.ReadinessResult;
import java.util.List;

/** Writes what readiness checks have found (contracts/marathon-api.md §4, §9). */
final class ReadinessWriter {
  private ReadinessWriter() {}

  /** An object with nothing but the results. */
  static ObjectNode write(List<ReadinessResult> results) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    write(results, json);
    return json;
  }

  static void write(List<ReadinessResult> results, ObjectNode into) {
    ArrayNode array = into.putArray("readinessCheckResults");
    results.forEach(result -> write(result, array.addObject()));
  }

  private static void write(ReadinessResult result, ObjectNode into) {
    into.put("name", result.name());
    into.put("taskId", result.taskId());
    into.put("ready", result.ready());
    result
        .lastResponse()
        .ifPresent(response ->
            into.putObject("lastResponse")
                .put("status", response.status())
                .put("contentType", response.contentType())
                .put("body", response.body()));
  }
}

package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.http.operator.MachineLoad;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.access.Action;
import io.mesocosm.protocol.JsonWriter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The endpoints about the agent's process, its machine, and where sandboxes lie
 * (contracts/mesos-operator-api.md §7, §9).
 */
final class ProcessEndpoints {
  private final AgentFacts facts;

  ProcessEndpoints(AgentFacts facts) {
    this.facts = facts;
  }

  Response version(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    AgentStateJson.writeBuild(facts.config(), json);
    return Jsonp.response(request, json.endObject());
  }

  Response flags(Request request) {
    facts.visible(request).require(Action.VIEW_FLAGS);
    JsonWriter json = new JsonWriter().beginObject();
    AgentStateJson.writeFlags(facts.flags(), json);
    return Jsonp.response(request, json.endObject());
  }

  /** {@code /system/stats.json}. */
  Response stats(Request request) {
    return Jsonp.response(request, MachineLoad.read().json());
  }

  /** {@code /files/debug}: the folder on the machine of every path that stands for one. */
  Response files(Request request) {
    Visible visible = facts.visible(request);
    visible.requireEndpoint("/files/debug");
    AgentSnapshot snapshot = facts.snapshot();
    SortedMap<String, String> places = new TreeMap<>();
    for (List<AgentSnapshot.Framework> frameworks :
        List.of(snapshot.completedFrameworks(), snapshot.frameworks())) {
      frameworks.forEach(framework -> {
        framework.completedExecutors().stream()
            .filter(executor -> visible.sandbox(executor, framework.info()))
            .forEach(executor -> put(executor, snapshot, places));
        framework.executors().stream()
            .filter(executor -> visible.sandbox(executor, framework.info()))
            .forEach(executor -> put(executor, snapshot, places));
      });
    }
    JsonWriter json = new JsonWriter().beginObject();
    places.forEach(json::field);
    return Jsonp.response(request, json.endObject());
  }

  /** The latest run of an executor comes last, and is where {@code latest} points. */
  private static void put(
      AgentSnapshot.Executor executor, AgentSnapshot snapshot, SortedMap<String, String> places) {
    String directory = executor.directory();
    places.put(directory, directory);
    int virtual =
        snapshot
            .agentId()
            .map(AgentId::value)
            .map(id -> directory.indexOf("/slaves/" + id + "/frameworks/"))
            .orElse(-1);
    if (virtual >= 0) {
      String path = directory.substring(directory.indexOf("/frameworks/", virtual));
      places.put(path, directory);
      places.put(path.substring(0, path.lastIndexOf('/')) + "/latest", directory);
    }
  }
}

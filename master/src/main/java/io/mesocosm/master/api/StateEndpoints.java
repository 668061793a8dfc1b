package io.mesocosm.master.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.protocol.JsonWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The legacy endpoints that show the cluster (contracts/mesos-operator-api.md §5, §6), rendered
 * from a snapshot on the request's own thread.
 */
final class StateEndpoints {
  private static final int TASKS_LIMIT = 100;

  private final MasterProxy master;
  private final MasterFacts facts;

  StateEndpoints(MasterProxy master, MasterFacts facts) {
    this.master = master;
    this.facts = facts;
  }

  Response state(Request request) throws InterruptedException {
    MasterSnapshot snapshot = master.snapshot();
    JsonWriter json = new JsonWriter(64 * 1024);
    json.beginObject();
    MasterJson.version(json, facts);
    MasterJson.identity(json, facts);
    long active = snapshot.agents().values().stream().filter(AgentView::active).count();
    json.field("activated_slaves", (double) active);
    json.field("deactivated_slaves", (double) (snapshot.agents().size() - active));
    json.field("unreachable_slaves", (double) snapshot.unreachableAgents().size());
    MasterJson.flags(json, facts);
    json.name("slaves").beginArray();
    for (AgentView agent : snapshot.agents().values()) {
      json.beginObject();
      AgentJson.fields(json, agent);
      json.endObject();
    }
    json.endArray();
    emptyArray(json, "recovered_slaves");
    frameworks(json, "frameworks", snapshot.frameworks().values().stream());
    frameworks(json, "completed_frameworks", snapshot.completedFrameworks().stream());
    emptyArray(json, "orphan_tasks");
    emptyArray(json, "unregistered_frameworks");
    return Replies.json(request, json.endObject());
  }

  Response slaves(Request request) throws InterruptedException {
    Optional<String> wanted = request.queryValue("slave_id");
    JsonWriter json = new JsonWriter().beginObject().name("slaves").beginArray();
    for (AgentView agent : master.snapshot().agents().values()) {
      if (wanted.isEmpty() || wanted.get().equals(agent.id().value())) {
        AgentJson.writeFull(json, agent);
      }
    }
    json.endArray();
    emptyArray(json, "recovered_slaves");
    return Replies.json(request, json.endObject());
  }

  Response frameworks(Request request) throws InterruptedException {
    MasterSnapshot snapshot = master.snapshot();
    Optional<String> wanted = request.queryValue("framework_id");
    JsonWriter json = new JsonWriter().beginObject();
    frameworks(
        json,
        "frameworks",
        snapshot.frameworks().values().stream().filter(framework -> is(framework, wanted)));
    frameworks(
        json,
        "completed_frameworks",
        snapshot.completedFrameworks().stream().filter(framework -> is(framework, wanted)));
    emptyArray(json, "unregistered_frameworks");
    return Replies.json(request, json.endObject());
  }

  Response tasks(Request request) throws InterruptedException {
    int limit = Replies.intParameter(request, "limit", TASKS_LIMIT);
    int offset = Replies.intParameter(request, "offset", 0);
    boolean ascending = request.queryValue("order").filter("asc"::equals).isPresent();
    Optional<String> framework = request.queryValue("framework_id");
    Optional<String> task = request.queryValue("task_id");
    Comparator<TaskView> order = Comparator.comparingDouble(StateEndpoints::firstTimestamp);
    MasterSnapshot snapshot = master.snapshot();
    List<TaskView> page =
        Stream.concat(
                snapshot.frameworks().values().stream(), snapshot.completedFrameworks().stream())
            .filter(candidate -> is(candidate, framework))
            .flatMap(StateEndpoints::allTasks)
            .filter(candidate -> task.isEmpty() || task.get().equals(candidate.id().value()))
            .sorted(ascending ? order : order.reversed())
            .skip(offset)
            .limit(limit)
            .toList();
    JsonWriter json = new JsonWriter().beginObject().name("tasks").beginArray();
    page.forEach(candidate -> FrameworkJson.task(json, candidate));
    return Replies.json(request, json.endArray().endObject());
  }

  Response roles(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter().beginObject();
    RolesJson.write(json, master.snapshot());
    return Replies.json(request, json.endObject());
  }

  Response summary(Request request) throws InterruptedException {
    MasterSnapshot snapshot = master.snapshot();
    TaskTallies tallies = TaskTallies.of(snapshot);
    JsonWriter json = new JsonWriter(16 * 1024).beginObject();
    json.field("hostname", facts.info().getHostname());
    facts.cluster().ifPresent(cluster -> json.field("cluster", cluster));
    json.name("slaves").beginArray();
    for (AgentView agent : snapshot.agents().values()) {
      json.beginObject();
      AgentJson.fields(json, agent);
      tallies.writeForAgent(json, agent.id());
      json.endObject();
    }
    json.endArray().name("frameworks").beginArray();
    for (FrameworkView framework : snapshot.frameworks().values()) {
      json.beginObject();
      FrameworkJson.summaryFields(json, framework);
      tallies.writeForFramework(json, framework.id());
      json.endObject();
    }
    return Replies.json(request, json.endArray().endObject());
  }

  static Stream<TaskView> allTasks(FrameworkView framework) {
    return Stream.of(framework.tasks(), framework.unreachableTasks(), framework.completedTasks())
        .flatMap(List::stream);
  }

  private static boolean is(FrameworkView framework, Optional<String> wanted) {
    return wanted.isEmpty() || wanted.get().equals(framework.id().value());
  }

  private static double firstTimestamp(TaskView task) {
    return task.statuses().isEmpty() ? 0 : task.statuses().getFirst().getTimestamp();
  }

  private static void frameworks(JsonWriter json, String name, Stream<FrameworkView> frameworks) {
    json.name(name).beginArray();
    frameworks.forEach(framework -> FrameworkJson.write(json, framework));
    json.endArray();
  }

  private static void emptyArray(JsonWriter json, String name) {
    json.name(name).beginArray().endArray();
  }
}

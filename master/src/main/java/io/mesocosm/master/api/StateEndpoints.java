package io.mesocosm.master.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.model.access.Action;
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
  private final Renderings renderings;

  StateEndpoints(MasterProxy master, MasterFacts facts, Renderings renderings) {
    this.master = master;
    this.facts = facts;
    this.renderings = renderings;
  }

  Response state(Request request) throws InterruptedException {
    boolean flags = visible(request).may(Action.VIEW_FLAGS);
    return Replies.rendered(
        request,
        renderings,
        json -> {
          MasterSnapshot snapshot = snapshot(request);
          json.beginObject();
          head(json, snapshot, flags);
          json.name("slaves").beginArray();
          for (AgentView agent : snapshot.agents().values()) {
            json.beginObject();
            AgentJson.fields(json, agent);
            json.endObject();
          }
          json.endArray();
          recovered(json, snapshot, Optional.empty());
          frameworks(json, "frameworks", snapshot.frameworks().values().stream());
          frameworks(json, "completed_frameworks", snapshot.completedFrameworks().stream());
          emptyArray(json, "orphan_tasks");
          emptyArray(json, "unregistered_frameworks");
          json.endObject();
        });
  }

  /** Those that an earlier master knew and that are not back yet. */
  private static void recovered(JsonWriter json, MasterSnapshot snapshot, Optional<String> wanted) {
    json.name("recovered_slaves").beginArray();
    snapshot
        .decisions()
        .recoveredAgents()
        .forEach((id, info) -> {
          if (wanted.isEmpty() || wanted.get().equals(id.value())) {
            AgentJson.writeRecovered(json, id, info);
          }
        });
    json.endArray();
  }

  private void head(JsonWriter json, MasterSnapshot snapshot, boolean flags) {
    MasterJson.version(json, facts);
    MasterJson.identity(json, facts);
    long active = snapshot.agents().values().stream().filter(AgentView::active).count();
    json.field("activated_slaves", (double) active);
    json.field("deactivated_slaves", (double) (snapshot.agents().size() - active));
    json.field("unreachable_slaves", (double) snapshot.decisions().unreachableAgents().size());
    if (flags) {
      MasterJson.flags(json, facts);
    }
  }

  Response slaves(Request request) throws InterruptedException {
    Optional<String> wanted = request.queryValue("slave_id");
    MasterSnapshot snapshot = snapshot(request);
    return Replies.written(
        request,
        json -> {
          json.beginObject().name("slaves").beginArray();
          for (AgentView agent : snapshot.agents().values()) {
            if (wanted.isEmpty() || wanted.get().equals(agent.id().value())) {
              AgentJson.writeFull(json, agent);
            }
          }
          json.endArray();
          recovered(json, snapshot, wanted);
          json.endObject();
        });
  }

  Response frameworks(Request request) throws InterruptedException {
    Optional<String> wanted = request.queryValue("framework_id");
    MasterSnapshot snapshot = snapshot(request);
    return Replies.written(
        request,
        json -> {
          json.beginObject();
          frameworks(
              json,
              "frameworks",
              snapshot.frameworks().values().stream().filter(view -> is(view, wanted)));
          frameworks(
              json,
              "completed_frameworks",
              snapshot.completedFrameworks().stream().filter(view -> is(view, wanted)));
          emptyArray(json, "unregistered_frameworks");
          json.endObject();
        });
  }

  Response tasks(Request request) throws InterruptedException {
    int limit = Replies.intParameter(request, "limit", TASKS_LIMIT);
    int offset = Replies.intParameter(request, "offset", 0);
    boolean ascending = request.queryValue("order").filter("asc"::equals).isPresent();
    Optional<String> framework = request.queryValue("framework_id");
    Optional<String> task = request.queryValue("task_id");
    Comparator<TaskView> order = Comparator.comparingDouble(StateEndpoints::firstTimestamp);
    MasterSnapshot snapshot = snapshot(request);
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
    return Replies.written(
        request,
        json -> {
          json.beginObject().name("tasks").beginArray();
          page.forEach(candidate -> FrameworkJson.task(json, candidate));
          json.endArray().endObject();
        });
  }

  Response roles(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter().beginObject();
    RolesJson.write(json, snapshot(request), visible(request));
    return Jsonp.response(request, json.endObject());
  }

  Response summary(Request request) throws InterruptedException {
    return Replies.rendered(request, renderings, json -> summary(json, snapshot(request)));
  }

  private void summary(JsonWriter json, MasterSnapshot snapshot) {
    TaskTallies tallies = TaskTallies.of(snapshot);
    json.beginObject().field("hostname", facts.info().getHostname());
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
    json.endArray().endObject();
  }

  private MasterSnapshot snapshot(Request request) throws InterruptedException {
    return visible(request).of(master.snapshot());
  }

  private Visible visible(Request request) {
    return new Visible(facts.authorizer(), request.principal());
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

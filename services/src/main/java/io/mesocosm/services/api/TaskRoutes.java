package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.JsonStream;
import io.mesocosm.services.json.SnapshotWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Tasks: {@code /v2/tasks}, and those of an app. */
final class TaskRoutes {
  private final ServicesProxy core;

  TaskRoutes(ServicesProxy core) {
    this.core = core;
  }

  Response list(Request request) {
    Query query = new Query(request);
    List<String> wanted = new ArrayList<>(query.values("status"));
    wanted.addAll(query.values("status[]"));
    for (String status : wanted) {
      if (!status.equals("running") && !status.equals("staging")) {
        throw InvalidRequestException.bad(
            "query parameter status=" + status + ": expected running or staging");
      }
    }
    return tasks(
        core.snapshot().below(AppId.ROOT).stream()
            .flatMap(view -> SnapshotWriter.live(view).stream())
            .filter(instance -> wanted.isEmpty() || wanted.contains(status(instance.instance()))));
  }

  private static String status(Instance instance) {
    return switch (instance.condition()) {
      case RUNNING -> "running";
      case PROVISIONED, STAGING, STARTING -> "staging";
      case SCHEDULED,
          KILLING,
          UNREACHABLE,
          UNREACHABLE_INACTIVE,
          FINISHED,
          FAILED,
          KILLED,
          ERROR,
          DROPPED,
          GONE,
          UNKNOWN ->
          "";
    };
  }

  Response ofApp(AppId id) {
    return tasks(SnapshotWriter.live(requireApp(id)).stream());
  }

  private SpecView requireApp(AppId id) {
    return core.snapshot().app(id).orElseThrow(() -> Answers.notFound("App", id.path()));
  }

  Response ofGroup(AppId group) {
    return tasks(
        core.snapshot().below(group).stream().flatMap(view -> SnapshotWriter.live(view).stream()));
  }

  /** Written while it is read. */
  private static Response tasks(Stream<InstanceView> views) {
    return new Response.Written(
        200,
        Map.of("Content-Type", "application/json"),
        out -> JsonStream.list(out, "tasks", views.iterator(), SnapshotWriter::writeTask));
  }

  Response killOfApp(Request request, AppId id) {
    requireApp(id);
    Optional<String> host = request.queryValue("host").filter(given -> !given.equals("*"));
    return killed(kill(request, List.of(), Optional.of(id), host));
  }

  Response killOne(Request request, AppId app, String taskId) {
    requireApp(app);
    ApiAnswer answer = kill(request, List.of(taskId), Optional.of(app), Optional.empty());
    if (!(answer instanceof ApiAnswer.Killed killed)) {
      return Answers.deployedOrRefused(200, answer);
    }
    if (killed.instances().isEmpty()) {
      throw Answers.notFound("Task", taskId);
    }
    return Answers.json(200, Answers.object().set("task", write(killed.instances().getFirst())));
  }

  Response killSeveral(Request request) {
    JsonNode json = Json.parse(request.body());
    if (!json.path("ids").isArray()) {
      throw InvalidRequestException.unreadable(Map.of("/ids", List.of("error.path.missing")));
    }
    List<String> ids = new ArrayList<>();
    for (JsonNode id : json.get("ids")) {
      if (!id.isTextual() || InstanceId.parse(id.textValue()).isEmpty()) {
        throw InvalidRequestException.bad(
            "task id " + id + " is not valid: expected <app>.instance-<uuid>._app.<attempt>");
      }
      ids.add(id.textValue());
    }
    if (ids.isEmpty()) {
      // To the core, no ids means all.
      return killed(new ApiAnswer.Killed(List.of()));
    }
    return killed(kill(request, ids, Optional.empty(), Optional.empty()));
  }

  private ApiAnswer kill(
      Request request, List<String> ids, Optional<AppId> app, Optional<String> host) {
    Query query = new Query(request);
    boolean scale = query.flag("scale", false);
    boolean wipe = query.flag("wipe", false);
    if (wipe && scale) {
      throw InvalidRequestException.bad("You cannot use scale and wipe at the same time.");
    }
    return core.killInstances(ids, app, host, scale, wipe, Writes.options(request, false));
  }

  private Response killed(ApiAnswer answer) {
    if (!(answer instanceof ApiAnswer.Killed killed)) {
      return Answers.deployedOrRefused(200, answer);
    }
    ObjectNode body = Answers.object();
    ArrayNode tasks = body.putArray("tasks");
    killed.instances().forEach(instance -> tasks.add(write(instance)));
    return Answers.json(200, body);
  }

  private ObjectNode write(Instance instance) {
    ServicesSnapshot snapshot = core.snapshot();
    AppId id = instance.id().app();
    AppDefinition app =
        snapshot
            .past()
            .version(id, instance.version())
            .filter(AppDefinition.class::isInstance)
            .map(AppDefinition.class::cast)
            .orElseGet(() -> AppDefinition.builder(id).build());
    return SnapshotWriter.task(instance, app);
  }
}

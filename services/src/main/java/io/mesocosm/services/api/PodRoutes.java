package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.GivenAnswer;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.event.ServicesEvent.PodAct;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.PodReader;
import io.mesocosm.services.json.PodStatusView;
import io.mesocosm.services.json.PodStatusWriter;
import io.mesocosm.services.json.PodWriter;
import io.mesocosm.services.json.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * {@code /v2/pods} and what is below it (contracts/marathon-pods.md §1). What is asked about a pod
 * follows its id after two colons, which no id has.
 */
final class PodRoutes {
  /** How often a change is tried anew when others change the pod meanwhile. */
  private static final int ATTEMPTS_MAX = 20;

  private static final String COLONS = "::";

  private final ServicesProxy core;
  private final ServicesConfig config;
  private final Consumer<ServicesEvent> events;

  /**
   * @param events told of what requests have changed
   */
  PodRoutes(ServicesProxy core, ServicesConfig config, Consumer<ServicesEvent> events) {
    this.core = core;
    this.config = config;
    this.events = events;
  }

  /**
   * @param rest what follows {@code /v2/pods} in the path, without slashes around it
   */
  Response route(Request request, String rest) {
    int colons = rest.indexOf(COLONS);
    String id = colons < 0 ? rest : rest.substring(0, colons);
    String question = colons < 0 ? "" : rest.substring(colons + COLONS.length());
    boolean ofAll = id.isEmpty() || id.equals("/");
    if (colons < 0) {
      return ofAll ? pods(request) : pod(request, new AppId(id));
    }
    String[] words = question.split("/", 2);
    Optional<String> detail =
        words.length > 1 && !words[1].isEmpty() ? Optional.of(words[1]) : Optional.empty();
    if (ofAll) {
      if (!question.equals("status")) {
        throw Answers.unknownRoute();
      }
      return require(request, "GET", this::statuses);
    }
    AppId pod = new AppId(id);
    return switch (words[0]) {
      case "status" -> require(request, "GET", () -> status(pod));
      case "versions" ->
          require(
              request,
              "GET",
              () -> detail.map(at -> version(pod, at)).orElseGet(() -> versions(pod)));
      case "instances" ->
          require(
              request,
              "DELETE",
              () ->
                  detail
                      .map(instance -> killOne(request, pod, instance))
                      .orElseGet(() -> killSeveral(request, pod)));
      default -> throw Answers.unknownRoute();
    };
  }

  @FunctionalInterface
  private interface Action {
    Response run();
  }

  private static Response require(Request request, String method, Action action) {
    if (!request.method().equals(method)) {
      throw Answers.wrongMethod(request.method());
    }
    return action.run();
  }

  private Response pods(Request request) {
    return switch (request.method()) {
      // Clients ask this way whether there are pods at all.
      case "HEAD" -> Response.empty(200);
      case "GET" -> list();
      case "POST" -> create(request);
      default -> throw Answers.wrongMethod(request.method());
    };
  }

  private Response pod(Request request, AppId id) {
    return switch (request.method()) {
      case "GET" -> Answers.json(200, PodWriter.write(podOf(view(id))));
      case "PUT" -> put(request, id);
      case "DELETE" -> delete(request, id);
      default -> throw Answers.wrongMethod(request.method());
    };
  }

  private Response list() {
    ArrayNode pods = Answers.object().arrayNode();
    core.snapshot().specs().values().stream()
        .filter(SpecView::isPod)
        .forEach(view -> pods.add(PodWriter.write(podOf(view))));
    return Answers.json(200, pods);
  }

  /** One that knows the groups that enforce their roles. */
  private PodReader reader(ServicesSnapshot snapshot) {
    GroupRoles roles = GroupRoles.of(config, snapshot);
    return new PodReader(roles::usualFor, roles::allowedFor, config.defaultNetwork());
  }

  private Response create(Request request) {
    PodDefinition pod = reader(core.snapshot()).read(Json.parse(request.body()));
    ApiAnswer answer =
        core.change(
            List.of(new Wish.Add(pod)), OptionalLong.empty(), Writes.options(request, false));
    Response response = changed(201, pod.id(), answer);
    if (answer instanceof ApiAnswer.Deployed) {
      tell(PodAct.CREATED, request);
    }
    return response.status() == 201 ? response.withHeader("Location", pod.id().path()) : response;
  }

  private Response put(Request request, AppId id) {
    JsonNode json = withId(Json.parse(request.body()), id);
    WriteOptions options = Writes.options(request, false);
    ApiAnswer answer = new ApiAnswer.Retry();
    for (int i = 0; i < ATTEMPTS_MAX && answer instanceof ApiAnswer.Retry; i++) {
      ServicesSnapshot snapshot = core.snapshot();
      Wish wish = wish(snapshot, reader(snapshot).read(json));
      answer = core.change(List.of(wish), OptionalLong.empty(), options);
    }
    Response response = changed(200, id, answer);
    if (answer instanceof ApiAnswer.Deployed) {
      tell(PodAct.UPDATED, request);
    }
    return response;
  }

  private static Wish wish(ServicesSnapshot snapshot, PodDefinition pod) {
    if (snapshot.app(pod.id()).isPresent()) {
      throw Answers.refused(new ApiAnswer.AlreadyExists("app", pod.id().path()));
    }
    Optional<PodDefinition> present = snapshot.pod(pod.id()).map(PodRoutes::podOf);
    present.ifPresent(before -> PodReader.checkUpdate(before, pod));
    return new Wish.Put(pod, present.map(RunSpec::version));
  }

  /** The path says which pod it is; the body may say it too. */
  private static JsonNode withId(JsonNode json, AppId id) {
    if (!(json instanceof ObjectNode object)) {
      return json;
    }
    JsonNode given = object.path("id");
    if (given.isTextual() && !new AppId(given.textValue()).equals(id)) {
      throw InvalidRequestException.bad(
          "id " + given.textValue() + ": expected " + id + " as in the path, or nothing");
    }
    if (given.isMissingNode()) {
      object.put("id", id.path());
    }
    return object;
  }

  /** The pod as it is stored, or why it is not. */
  private Response changed(int status, AppId id, ApiAnswer answer) {
    return switch (answer) {
      case ApiAnswer.Deployed deployed ->
          deployed(status, (PodDefinition) deployed.specs().getFirst(), deployed.deployment());
      case ApiAnswer.Repeated(GivenAnswer first) ->
          kept(id, first.version())
              .map(stored -> deployed(status, stored, first.deployment()))
              .orElseGet(() -> Answers.deployedOrRefused(status, answer));
      case ApiAnswer.Planned planned -> Answers.planned(planned);
      default -> throw Answers.refused(answer);
    };
  }

  private static Response deployed(int status, PodDefinition pod, DeploymentId deployment) {
    return Answers.json(status, PodWriter.write(pod))
        .withHeader("Marathon-Deployment-Id", deployment.value());
  }

  private Response delete(Request request, AppId id) {
    WriteOptions options = Writes.options(request, false);
    // What is done already may be asked for again.
    boolean mayBeGone = options.key().isPresent() && core.snapshot().app(id).isEmpty();
    if (!mayBeGone) {
      view(id);
    }
    ApiAnswer answer = core.change(List.of(new Wish.Remove(id)), OptionalLong.empty(), options);
    return switch (answer) {
      case ApiAnswer.Deployed deployed -> {
        tell(PodAct.DELETED, request);
        yield removed(deployed.deployment());
      }
      case ApiAnswer.Repeated(GivenAnswer first) -> removed(first.deployment());
      case ApiAnswer.Planned planned -> Answers.planned(planned);
      case ApiAnswer.NotFound _ -> throw missing(id);
      default -> throw Answers.refused(answer);
    };
  }

  private static Response removed(DeploymentId deployment) {
    return Response.empty(202).withHeader("Marathon-Deployment-Id", deployment.value());
  }

  private void tell(PodAct act, Request request) {
    events.accept(new ServicesEvent.PodPosted(act, Requests.clientIp(request), request.path()));
  }

  private Response statuses() {
    ArrayNode all = Answers.object().arrayNode();
    PodStatuses.all(core.snapshot()).forEach(status -> all.add(PodStatusWriter.write(status)));
    return Answers.json(200, all);
  }

  private Response status(AppId id) {
    PodStatusView status = PodStatuses.of(core.snapshot(), id).orElseThrow(() -> missing(id));
    return Answers.json(200, PodStatusWriter.write(status));
  }

  private Response versions(AppId id) {
    ArrayNode versions = Answers.object().arrayNode();
    new ArrayList<>(view(id).versions())
        .reversed()
        .forEach(version -> versions.add(Timestamps.format(version)));
    return Answers.json(200, versions);
  }

  private Response version(AppId id, String text) {
    Instant version =
        Timestamps.parse(text)
            .orElseThrow(() ->
                InvalidRequestException.bad(
                    "version " + text + ": expected a time such as 2014-03-01T23:29:30.158Z"));
    view(id);
    return kept(id, version)
        .map(pod -> Answers.json(200, PodWriter.write(pod)))
        .orElseThrow(() ->
            new HttpException(
                Answers.message(
                    404,
                    "Pod '" + id + "' does not exist in version " + Timestamps.format(version))));
  }

  private Optional<PodDefinition> kept(AppId id, Instant version) {
    return core.snapshot()
        .past()
        .version(id, version)
        .filter(PodDefinition.class::isInstance)
        .map(PodDefinition.class::cast);
  }

  private Response killSeveral(Request request, AppId id) {
    view(id);
    JsonNode json = Json.parse(request.body());
    List<String> ids = new ArrayList<>();
    for (JsonNode one : json) {
      if (one.isTextual()) {
        ids.add(one.textValue());
      }
    }
    if (!json.isArray() || ids.size() != json.size()) {
      throw InvalidRequestException.bad(
          "got " + json + ", expected an array of the ids of instances");
    }
    ArrayNode killed = Answers.object().arrayNode();
    if (!ids.isEmpty()) { // to the core, none means all
      kill(request, id, ids).forEach(instance -> killed.add(write(instance)));
    }
    return Answers.json(200, killed);
  }

  private Response killOne(Request request, AppId id, String instance) {
    view(id);
    return kill(request, id, List.of(instance)).stream()
        .findFirst()
        .map(killed -> Answers.json(200, write(killed)))
        .orElseThrow(() -> Answers.notFound("Instance", instance));
  }

  private List<Instance> kill(Request request, AppId pod, List<String> ids) {
    boolean wipe = new Query(request).flag("wipe", false);
    ApiAnswer answer =
        core.killInstances(
            ids, Optional.of(pod), Optional.empty(), false, wipe, Writes.options(request, false));
    if (answer instanceof ApiAnswer.Killed killed) {
      return killed.instances();
    }
    throw Answers.refused(answer);
  }

  private ObjectNode write(Instance instance) {
    PodDefinition pod =
        kept(instance.id().app(), instance.version())
            .orElseGet(() -> podOf(view(instance.id().app())));
    return PodStatusWriter.write(PodStatuses.instance(instance, pod));
  }

  private SpecView view(AppId id) {
    return core.snapshot().pod(id).orElseThrow(() -> missing(id));
  }

  private static HttpException missing(AppId id) {
    return Answers.notFound("Pod", id.path());
  }

  private static PodDefinition podOf(SpecView view) {
    return (PodDefinition) view.spec();
  }
}

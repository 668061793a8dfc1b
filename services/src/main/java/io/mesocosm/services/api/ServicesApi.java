package io.mesocosm.services.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.InvalidRequestException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All routes (contracts/marathon-api.md §2). An app id is part of the path, slashes and all, with
 * words after it that no app id may end with; hence this switch over segments instead of patterns.
 */
public final class ServicesApi implements Handler {
  private final ServicesProxy core;
  private final ServicesIdentity identity;
  private final AppRoutes apps;
  private final TaskRoutes tasks;
  private final GroupRoutes groups;
  private final PodRoutes pods;
  private final ClusterRoutes cluster;
  private final ExplainRoutes explain;
  private final RoutingRoutes routing;
  private final Handler eventStream;

  /**
   * @param events told of what requests have changed
   * @param eventStream answers {@code GET /v2/events}
   * @param abdication hands the leadership over, soon and without waiting for it; absent if there
   *     is nobody to take it
   */
  public ServicesApi(
      ServicesProxy core,
      AppReader reader,
      ServicesConfig config,
      ServicesIdentity identity,
      Metrics metrics,
      InstantSource clock,
      Optional<Runnable> abdication,
      Consumer<ServicesEvent> events,
      Handler eventStream) {
    this(
        core,
        reader,
        config,
        identity,
        metrics,
        clock,
        abdication,
        events,
        eventStream,
        ClusterView.NONE);
  }

  /**
   * @param master what explanations say of the master's agents and quotas
   */
  public ServicesApi(
      ServicesProxy core,
      AppReader reader,
      ServicesConfig config,
      ServicesIdentity identity,
      Metrics metrics,
      InstantSource clock,
      Optional<Runnable> abdication,
      Consumer<ServicesEvent> events,
      Handler eventStream,
      ClusterView master) {
    this.core = core;
    this.explain = new ExplainRoutes(core, master, clock);
    this.eventStream = eventStream;
    this.identity = identity;
    this.apps = new AppRoutes(core, reader, config, events);
    this.tasks = new TaskRoutes(core);
    this.groups = new GroupRoutes(core, reader, config);
    this.pods = new PodRoutes(core, config, events);
    this.routing = new RoutingRoutes(core);
    this.cluster = new ClusterRoutes(core, identity, metrics, clock, abdication);
  }

  @Override
  public Response handle(Request request) throws Exception {
    Response response;
    try {
      response = route(request);
    } catch (InvalidRequestException e) {
      response = Answers.of(e);
    } catch (HttpException e) {
      response = e.response();
    }
    return response
        .withHeader("X-Marathon-Leader", identity.url())
        .withHeader("X-Frame-Options", "DENY")
        .withHeader("X-XSS-Protection", "1; mode=block")
        .withHeader("Cache-Control", "no-cache, no-store, must-revalidate")
        .withHeader("Pragma", "no-cache")
        .withHeader("Expires", "0");
  }

  private Response route(Request request) throws Exception {
    // Slashes may come in rows: clients write /v2/apps//id for an id that begins with one.
    List<String> path =
        Arrays.stream(request.path().split("/")).filter(segment -> !segment.isEmpty()).toList();
    if (path.equals(List.of("ping"))) {
      return only(request, "GET", cluster.ping(request));
    }
    if (path.equals(List.of("metrics"))) {
      return only(request, "GET", cluster.metrics());
    }
    if (path.size() < 2 || !path.getFirst().equals("v2")) {
      throw Answers.unknownRoute();
    }
    if (path.equals(List.of("v2", "events"))) {
      if (!request.method().equals("GET")) {
        throw Answers.wrongMethod(request.method());
      }
      routing.check(request);
      return eventStream.handle(request);
    }
    checkMediaTypes(request);
    List<String> rest = path.subList(2, path.size());
    String room = path.get(1);
    if (room.equals("info") && rest.isEmpty()) {
      return only(request, "GET", cluster.info());
    }
    if (room.equals("leader") && rest.isEmpty()) {
      return switch (request.method()) {
        case "GET" -> cluster.leader();
        case "DELETE" -> cluster.abdicate(request);
        default -> throw Answers.wrongMethod(request.method());
      };
    }
    if (!core.snapshot().loaded()) {
      throw Answers.refused(new ApiAnswer.NotReady());
    }
    return switch (room) {
      case "apps" -> rest.isEmpty() ? apps(request) : app(request, rest);
      case "tasks" -> tasks(request, rest);
      case "pods" -> {
        String below = String.join("/", rest);
        yield ExplainRoutes.isOfPod(below)
            ? explain.pod(request, below)
            : pods.route(request, below);
      }
      case "pods::status" -> pods.route(request, "::status");
      case "groups" -> group(request, rest);
      case "deployments" -> deployments(request, rest);
      case "queue" -> queue(request, rest);
      case "routing" -> routing.route(request, rest);
      default -> throw Answers.unknownRoute();
    };
  }

  private Response apps(Request request) {
    return switch (request.method()) {
      case "GET" -> apps.list(request);
      case "POST" -> apps.create(request);
      case "PUT" -> apps.changeAll(request, true);
      case "PATCH" -> apps.changeAll(request, false);
      default -> throw Answers.wrongMethod(request.method());
    };
  }

  private Response app(Request request, List<String> rest) {
    String method = request.method();
    String last = rest.getLast();
    int size = rest.size();
    String before = size > 1 ? rest.get(size - 2) : "";
    if (last.equals("*") && method.equals("GET")) {
      return apps.getGroup(request, id(rest, size - 1));
    }
    if (size > 1 && last.equals("restart")) {
      return require(method, "POST", () -> apps.restart(request, id(rest, size - 1)));
    }
    if (size > 1 && last.equals("tasks")) {
      if (before.equals("*")) {
        return require(method, "GET", () -> tasks.ofGroup(id(rest, size - 2)));
      }
      return switch (method) {
        case "GET" -> tasks.ofApp(id(rest, size - 1));
        case "DELETE" -> tasks.killOfApp(request, id(rest, size - 1));
        default -> throw Answers.wrongMethod(method);
      };
    }
    if (size > 2 && before.equals("tasks")) {
      return require(method, "DELETE", () -> tasks.killOne(request, id(rest, size - 2), last));
    }
    if (size > 1 && last.equals("versions")) {
      return require(method, "GET", () -> apps.versions(id(rest, size - 1)));
    }
    if (size > 2 && before.equals("versions")) {
      return require(method, "GET", () -> apps.version(id(rest, size - 2), last));
    }
    AppId id = id(rest, size);
    // An app may be called explain; then that is what was meant.
    if (method.equals("GET")
        && last.equals("explain")
        && size > 1
        && !core.snapshot().specs().containsKey(id)) {
      return explain.app(id(rest, size - 1));
    }
    return switch (method) {
      case "GET" -> apps.get(request, id);
      case "PUT" -> apps.put(request, id);
      case "PATCH" -> apps.patch(request, id);
      case "DELETE" -> apps.delete(request, id);
      default -> throw Answers.wrongMethod(method);
    };
  }

  private Response tasks(Request request, List<String> rest) {
    if (rest.isEmpty()) {
      return require(request.method(), "GET", () -> tasks.list(request));
    }
    if (rest.equals(List.of("delete"))) {
      return require(request.method(), "POST", () -> tasks.killSeveral(request));
    }
    throw Answers.unknownRoute();
  }

  private Response group(Request request, List<String> rest) {
    String method = request.method();
    int size = rest.size();
    String last = size > 0 ? rest.getLast() : "";
    if (last.equals("apps")) {
      return require(method, "GET", () -> groups.apps(request, id(rest, size - 1)));
    }
    if (last.equals("versions")) {
      return require(method, "GET", () -> groups.versions(id(rest, size - 1)));
    }
    if (size > 1 && rest.get(size - 2).equals("versions")) {
      return require(method, "GET", () -> groups.version(id(rest, size - 2), last));
    }
    AppId id = id(rest, size);
    return switch (method) {
      case "GET" -> groups.get(request, id);
      case "POST" -> groups.create(request, id);
      case "PUT" -> groups.put(request, id);
      case "PATCH" -> groups.patch(request, id);
      case "DELETE" -> groups.delete(request, id);
      default -> throw Answers.wrongMethod(method);
    };
  }

  private Response deployments(Request request, List<String> rest) {
    if (rest.isEmpty()) {
      return require(request.method(), "GET", cluster::deployments);
    }
    if (rest.size() == 1) {
      return require(
          request.method(), "DELETE", () -> cluster.cancelDeployment(request, rest.getFirst()));
    }
    throw Answers.unknownRoute();
  }

  private Response queue(Request request, List<String> rest) {
    if (rest.isEmpty()) {
      return require(request.method(), "GET", () -> cluster.queue(request));
    }
    if (rest.size() > 1 && rest.getLast().equals("delay")) {
      return require(
          request.method(), "DELETE", () -> cluster.resetDelay(id(rest, rest.size() - 1)));
    }
    throw Answers.unknownRoute();
  }

  private static AppId id(List<String> segments, int count) {
    return new AppId(String.join("/", segments.subList(0, count)));
  }

  @FunctionalInterface
  private interface Action {
    Response run();
  }

  private static Response require(String method, String expected, Action action) {
    if (!method.equals(expected)) {
      throw Answers.wrongMethod(method);
    }
    return action.run();
  }

  private static Response only(Request request, String method, Response response) {
    return require(request.method(), method, () -> response);
  }

  /** Row H2. */
  private static void checkMediaTypes(Request request) {
    String accept = request.header("Accept").orElse("*/*").toLowerCase(Locale.ROOT);
    if (!accept.isBlank()
        && !accept.contains("*/*")
        && !accept.contains("application/*")
        && !accept.contains("json")) {
      throw new HttpException(
          Answers.message(406, "Accept: " + accept + ": there is application/json only"));
    }
    String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (request.body().length > 0 && !type.isEmpty() && !type.contains("json")) {
      throw new HttpException(
          Answers.message(415, "Content-Type: " + type + ": expected application/json"));
    }
  }

  /** What the server itself refuses, in the shape of every other error of this API. */
  public static Response.Whole error(int status, String message) {
    return Response.json(status, Answers.object().put("message", message).toString());
  }
}

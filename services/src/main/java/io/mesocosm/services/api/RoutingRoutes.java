package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.RoutingView;
import io.mesocosm.services.RoutingView.Router;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What routers say of themselves: {@code /v2/routing}. A router is whoever holds {@code GET
 * /v2/events?router=NAME} open; it says what it shows, so that no instance is counted before, and
 * none is ended while, requests are sent to it ({@code upgradeStrategy.waitForRouting}).
 */
public final class RoutingRoutes {
  /** The query parameter of {@code GET /v2/events} that says that a router listens. */
  public static final String PARAMETER = "router";

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final int ROUTERS_MAX = 100;

  private final ServicesProxy core;

  public RoutingRoutes(ServicesProxy core) {
    this.core = core;
  }

  /** {@code /v2/routing} and what is below it. */
  Response route(Request request, List<String> rest) {
    return switch (rest.size()) {
      case 0 -> {
        require(request, "GET");
        yield list();
      }
      case 1 -> {
        require(request, "POST");
        yield confirm(request, rest.getFirst());
      }
      default -> throw Answers.unknownRoute();
    };
  }

  private static void require(Request request, String method) {
    if (!request.method().equals(method)) {
      throw Answers.wrongMethod(request.method());
    }
  }

  /** The name of the router that the query is of; nothing if it is of somebody else. */
  static Optional<String> name(Map<String, List<String>> query) {
    List<String> given = query.getOrDefault(PARAMETER, List.of());
    return given.size() == 1 && NAME.matcher(given.getFirst()).matches()
        ? Optional.of(given.getFirst())
        : Optional.empty();
  }

  /**
   * Refuses a router; to be called before its stream of events is opened.
   *
   * @throws InvalidRequestException if a router does not give a proper name
   * @throws HttpException if there are too many routers
   */
  public void check(Request request) {
    Optional<String> name = name(request.query());
    List<String> given = request.query().getOrDefault(PARAMETER, List.of());
    if (name.isEmpty() && !given.isEmpty()) {
      throw InvalidRequestException.bad(
          "query parameter router="
              + String.join("&router=", given)
              + ": expected one name of at most 63 lower-case letters, digits and inner dashes");
    }
    if (name.isPresent()
        && core.snapshot().routing().router(name.get()).isEmpty()
        && core.snapshot().routing().all().size() >= ROUTERS_MAX) {
      throw new HttpException(
          Answers.message(
              503,
              ROUTERS_MAX
                  + " routers are attached, the limit, and all have to confirm every instance: end"
                  + " one, or let several share a name"));
    }
  }

  private Response list() {
    ServicesSnapshot snapshot = core.snapshot();
    RoutingView routing = snapshot.routing();
    ObjectNode body = Answers.object();
    ArrayNode routers = body.putArray("routers");
    routing.all().forEach(router -> write(router, snapshot, routers.addObject()));
    ArrayNode draining = body.putArray("draining");
    routing
        .drains()
        .forEach((instance, endsBy) ->
            draining
                .addObject()
                .put("instanceId", instance.toString())
                .put("endsBy", Timestamps.format(endsBy)));
    return Answers.json(200, body);
  }

  private static void write(Router router, ServicesSnapshot snapshot, ObjectNode into) {
    into.put("name", router.name());
    into.put("since", Timestamps.format(router.since()));
    into.put("streams", router.streams().size());
    router.detachedAt().ifPresent(at -> into.put("detachedAt", Timestamps.format(at)));
    ArrayNode shown = into.putArray("shown");
    ArrayNode assumed = into.putArray("assumed");
    ArrayNode removed = into.putArray("removed");
    router
        .words()
        .forEach((instance, word) ->
            tasks(instance, snapshot)
                .forEach(
                    switch (word.told()) {
                      case SHOWN -> shown::add;
                      case ASSUMED -> assumed::add;
                      case REMOVED -> removed::add;
                    }));
  }

  /** All of a pod's, and none of what was deleted. */
  private static List<String> tasks(InstanceId id, ServicesSnapshot snapshot) {
    return Optional.ofNullable(snapshot.specs().get(id.app()))
        .map(spec -> spec.instancesById().get(id))
        .map(view -> view.instance().tasks().stream().map(InstanceTask::taskId).toList())
        .orElse(List.of());
  }

  private Response confirm(Request request, String router) {
    JsonNode body = Json.parse(request.body());
    if (!body.isObject()) {
      throw InvalidRequestException.unreadable(Map.of("/", List.of("error.expected.jsobject")));
    }
    List<String> shown = ids(body, "shown");
    List<String> removed = ids(body, "removed");
    ApiAnswer answer = core.confirmRouting(router, shown, removed);
    return switch (answer) {
      case ApiAnswer.Done _ -> Response.empty(204);
      case ApiAnswer.NotFound _ ->
          Answers.message(
              404,
              "Router '"
                  + router
                  + "' is not attached: hold GET /v2/events?router="
                  + router
                  + " open, and confirm again");
      default -> throw Answers.refused(answer);
    };
  }

  private static List<String> ids(JsonNode body, String field) {
    JsonNode given = body.path(field);
    List<String> ids = new ArrayList<>();
    if (given.isMissingNode() || given.isNull()) {
      return ids;
    }
    if (!given.isArray()) {
      throw InvalidRequestException.unreadable(
          Map.of("/" + field, List.of("error.expected.jsarray")));
    }
    for (int i = 0; i < given.size(); i++) {
      if (!given.get(i).isTextual()) {
        throw InvalidRequestException.unreadable(
            Map.of("/" + field + "(" + i + ")", List.of("error.expected.jsstring")));
      }
      ids.add(given.get(i).textValue());
    }
    return ids;
  }
}

package io.mesocosm.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds the handler of a request by method and path. A pattern is made of segments: a literal,
 * {@code {name}} for any one segment, {@code {name...}} for one or more. Where several match, the
 * one with more literal segments wins, then the one with fewer {@code {name...}}, then the one
 * added first. Empty segments (doubled or trailing slashes) do not count: {@code /v2/apps//nginx}
 * is {@code /v2/apps/nginx}. Built by one thread, then read by many.
 */
public final class Router implements Handler {
  private record Route(String method, RoutePattern pattern, Handler handler) {
    boolean allows(String requested) {
      return method.equals("*")
          || method.equals(requested)
          || (method.equals("GET") && requested.equals("HEAD"));
    }
  }

  private final List<Route> routes = new ArrayList<>();
  private final List<Filter> filters = new ArrayList<>();
  private Handler notFound = request -> Response.text(404, "no such path: " + request.path());
  private Handler wrongMethod = _ -> Response.empty(405);

  /**
   * @param method upper-case, or {@code *} for all; GET answers HEAD too
   * @param pattern e.g. {@code /v2/apps/{id...}/tasks}
   * @throws IllegalArgumentException if the pattern is malformed
   */
  public Router route(String method, String pattern, Handler handler) {
    Route route = new Route(method, RoutePattern.of(pattern), handler);
    int place = 0;
    while (place < routes.size()
        && RoutePattern.BY_SPECIFICITY.compare(routes.get(place).pattern(), route.pattern()) <= 0) {
      place++;
    }
    routes.add(place, route);
    return this;
  }

  /** Lets {@code filter} see every request, unknown paths too; the first added is the outermost. */
  public Router filter(Filter filter) {
    filters.add(filter);
    return this;
  }

  /** Answers paths that no pattern matches. */
  public Router notFound(Handler handler) {
    this.notFound = handler;
    return this;
  }

  /**
   * Answers paths that exist for other methods; an {@code Allow} header is added to whatever it
   * says.
   */
  public Router wrongMethod(Handler handler) {
    this.wrongMethod = handler;
    return this;
  }

  @Override
  public Response handle(Request request) throws Exception {
    Handler chain = this::dispatch;
    for (Filter filter : filters.reversed()) {
      Handler next = chain;
      chain = filtered -> filter.apply(filtered, next);
    }
    return chain.handle(request);
  }

  private Response dispatch(Request request) throws Exception {
    List<String> path = RoutePattern.split(request.path());
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> variables = route.pattern().match(path);
      if (variables.isEmpty()) {
        continue;
      }
      if (route.allows(request.method())) {
        return route.handler().handle(withVariables(request, variables.get()));
      }
      allowed.add(route.method());
    }
    if (allowed.isEmpty()) {
      return notFound.handle(request);
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    return wrongMethod.handle(request).withHeader("Allow", String.join(", ", allowed));
  }

  private static Request withVariables(Request request, Map<String, String> variables) {
    return new Request(
        request.method(),
        request.path(),
        request.query(),
        request.headers(),
        variables,
        request.body(),
        request.remote(),
        request.principal());
  }
}

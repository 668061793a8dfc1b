package io.mesocosm.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the handler of a request by method and path. A pattern is made of segments: a literal,
 * {@code {name}} for any one segment, {@code {name...}} for one or more. Where several match, the
 * one with more literal segments wins, then the one added first. Empty segments (doubled or
 * trailing slashes) do not count. Built by one thread, then read by many.
 */
public final class Router implements Handler {
  private record Route(String method, List<String> pattern, Handler handler) {
    boolean allows(String requested) {
      return method.equals("*")
          || method.equals(requested)
          || (method.equals("GET") && requested.equals("HEAD"));
    }

    long literals() {
      return pattern.stream().filter(part -> !part.startsWith("{")).count();
    }
  }

  private record Match(Route route, Map<String, String> variables) {}

  private final List<Route> routes = new ArrayList<>();
  private Handler notFound = request -> Response.text(404, "no such path: " + request.path());
  private Handler wrongMethod = _ -> Response.empty(405);

  /**
   * @param method upper-case, or {@code *} for all
   * @param pattern e.g. {@code /v2/apps/{id...}/tasks}
   */
  public Router route(String method, String pattern, Handler handler) {
    routes.add(new Route(method, segments(pattern), handler));
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
    List<String> path = segments(request.path());
    Optional<Match> best = Optional.empty();
    Set<String> allowed = new LinkedHashSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> variables = match(route.pattern(), path);
      if (variables.isEmpty()) {
        continue;
      }
      allowed.add(route.method());
      boolean better = best.isEmpty() || route.literals() > best.get().route().literals();
      if (route.allows(request.method()) && better) {
        best = Optional.of(new Match(route, variables.get()));
      }
    }
    if (best.isPresent()) {
      return best.get().route().handler().handle(withVariables(request, best.get().variables()));
    }
    return allowed.isEmpty()
        ? notFound.handle(request)
        : wrongMethod.handle(request).withHeader("Allow", String.join(", ", allowed));
  }

  private static Optional<Map<String, String>> match(List<String> pattern, List<String> path) {
    Map<String, String> variables = new LinkedHashMap<>();
    return matches(pattern, 0, path, 0, variables) ? Optional.of(variables) : Optional.empty();
  }

  /**
   * Tries the longest run for a {@code {name...}} first; at most one of them in a pattern keeps
   * this cheap.
   */
  private static boolean matches(
      List<String> pattern, int p, List<String> path, int at, Map<String, String> variables) {
    if (p == pattern.size()) {
      return at == path.size();
    }
    String part = pattern.get(p);
    if (part.endsWith("...}")) {
      for (int end = path.size(); end > at; end--) {
        if (matches(pattern, p + 1, path, end, variables)) {
          variables.put(
              part.substring(1, part.length() - 4), String.join("/", path.subList(at, end)));
          return true;
        }
      }
      return false;
    }
    if (at == path.size()) {
      return false;
    }
    if (part.startsWith("{")) {
      variables.put(part.substring(1, part.length() - 1), path.get(at));
    } else if (!part.equals(path.get(at))) {
      return false;
    }
    return matches(pattern, p + 1, path, at + 1, variables);
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (!segment.isEmpty()) {
        segments.add(segment);
      }
    }
    return List.copyOf(segments);
  }

  private static Request withVariables(Request request, Map<String, String> variables) {
    return new Request(
        request.method(),
        request.path(),
        request.query(),
        request.headers(),
        variables,
        request.body(),
        request.remote());
  }
}

package io.mesocosm.http;

import io.mesocosm.model.access.Principal;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A request whose body has been read in full (bounded by the server's limit).
 *
 * @param method upper-case, e.g. {@code GET}
 * @param path decoded, begins with {@code /}
 * @param query every value of every query parameter, decoded, in order
 * @param headers by name, case-insensitively
 * @param pathVariables what the route's {@code {name}} and {@code {name...}} parts matched, decoded
 * @param principal who sent it, once an authentication filter has found out
 */
public record Request(
    String method,
    String path,
    Map<String, List<String>> query,
    SortedMap<String, List<String>> headers,
    Map<String, String> pathVariables,
    byte[] body,
    InetSocketAddress remote,
    Optional<Principal> principal) {

  /** A request of which nobody has asked yet who sent it. */
  public Request(
      String method,
      String path,
      Map<String, List<String>> query,
      SortedMap<String, List<String>> headers,
      Map<String, String> pathVariables,
      byte[] body,
      InetSocketAddress remote) {
    this(method, path, query, headers, pathVariables, body, remote, Optional.empty());
  }

  /** The same request, sent by {@code principal}. */
  public Request from(Principal principal) {
    return new Request(
        method, path, query, headers, pathVariables, body, remote, Optional.of(principal));
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** The first value of a query parameter. */
  public Optional<String> queryValue(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** What the route's variable of that name matched; the route must have it. */
  public String pathVariable(String name) {
    String value = pathVariables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route of " + path + " has no variable " + name);
    }
    return value;
  }
}

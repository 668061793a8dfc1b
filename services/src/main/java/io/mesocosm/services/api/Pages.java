package io.mesocosm.services.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.JsonStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Lists of any length: written while they are read, whole or, with {@code ?limit&after}, a page at
 * a time. A page that is not the last names the next in a {@code Link} header. Whoever shows the
 * {@code ETag} of an answer is told if nothing has changed since.
 */
final class Pages {
  private Pages() {}

  /**
   * @param name of the list in the answer's object
   */
  static Response of(
      Request request,
      ServicesSnapshot snapshot,
      String name,
      Predicate<SpecView> filter,
      JsonStream.ElementWriter<SpecView> writer) {
    String tag = "\"" + snapshot.revision() + "\"";
    if (isKnown(request, tag)) {
      return Response.empty(304).withHeader("ETag", tag);
    }
    NavigableMap<AppId, SpecView> views =
        request
            .queryValue("after")
            .map(AppId::new)
            .map(after -> snapshot.specs().tailMap(after, false))
            .orElse(snapshot.specs());
    Optional<Integer> limit = limit(request);
    List<SpecView> page = new ArrayList<>();
    boolean more = false;
    for (SpecView view : views.values()) {
      if (filter.test(view)) {
        more = limit.isPresent() && page.size() == limit.get();
        if (more) {
          break;
        }
        page.add(view);
      }
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("ETag", tag);
    if (more) {
      headers.put("Link", next(request, page.getLast().spec().id()));
    }
    return new Response.Written(
        200, headers, out -> JsonStream.list(out, name, page.iterator(), writer));
  }

  private static boolean isKnown(Request request, String tag) {
    return request
        .header("If-None-Match")
        .filter(tags ->
            Arrays.stream(tags.split(",", -1))
                .map(one -> one.strip().replaceFirst("^W/", ""))
                .anyMatch(one -> one.equals(tag) || one.equals("*")))
        .isPresent();
  }

  /** The same request, from there on. */
  private static String next(Request request, AppId last) {
    Map<String, List<String>> query = new LinkedHashMap<>(request.query());
    query.put("after", List.of(last.path()));
    String parameters =
        query.entrySet().stream()
            .flatMap(entry ->
                entry.getValue().stream()
                    .map(value -> encoded(entry.getKey()) + "=" + encoded(value)))
            .collect(Collectors.joining("&"));
    return "<" + request.path() + "?" + parameters + ">; rel=\"next\"";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Optional<Integer> limit(Request request) {
    return request
        .queryValue("limit")
        .map(text -> {
          if (text.matches("[1-9][0-9]{0,8}")) {
            return Integer.parseInt(text);
          }
          throw InvalidRequestException.bad(
              "query parameter limit=" + text + ": expected a whole number of 1 or more");
        });
  }
}

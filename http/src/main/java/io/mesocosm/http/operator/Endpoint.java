package io.mesocosm.http.operator;

import io.mesocosm.http.Handler;
import io.mesocosm.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One endpoint of a program, and what {@code /help} says of it.
 *
 * @param path without the program's prefix, e.g. {@code /master}
 * @param purpose one clause, no period at the end
 */
public record Endpoint(String method, String path, String purpose, Handler handler) {

  public static Endpoint get(String path, String purpose, Handler handler) {
    return new Endpoint("GET", path, purpose, handler);
  }

  public static Endpoint post(String path, String purpose, Handler handler) {
    return new Endpoint("POST", path, purpose, handler);
  }

  /**
   * The page of {@code /help}.
   *
   * @param program e.g. {@code agent}
   */
  public static Response help(String program, List<Endpoint> endpoints) {
    StringBuilder page =
        new StringBuilder("<!DOCTYPE html><html><head><title>Mesocosm ")
            .append(program)
            .append("</title></head><body><h1>Endpoints of this ")
            .append(program)
            .append("</h1><dl>");
    for (Endpoint endpoint : endpoints) {
      page.append("<dt><code>")
          .append(endpoint.method())
          .append(' ')
          .append(endpoint.path())
          .append("</code></dt><dd>")
          .append(endpoint.purpose())
          .append("</dd>");
    }
    page.append("</dl></body></html>\n");
    return Response.of(
        200, "text/html;charset=utf-8", page.toString().getBytes(StandardCharsets.UTF_8));
  }
}

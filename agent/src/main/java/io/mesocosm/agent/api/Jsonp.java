package io.mesocosm.agent.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** JSON, or a script that calls a function with it where the query names one as {@code jsonp}. */
final class Jsonp {
  private static final Pattern FUNCTION = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$.]*");

  private Jsonp() {}

  static Response response(Request request, String json) {
    Optional<String> function = request.queryValue("jsonp");
    if (function.isEmpty()) {
      return Response.json(200, json);
    }
    if (!FUNCTION.matcher(function.get()).matches()) {
      throw HttpException.text(400, "jsonp must be the name of a function\n");
    }
    return Response.of(
        200,
        "text/javascript",
        (function.get() + "(" + json + ");").getBytes(StandardCharsets.UTF_8));
  }
}

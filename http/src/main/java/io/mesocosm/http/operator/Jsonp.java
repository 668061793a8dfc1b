package io.mesocosm.http.operator;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.protocol.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * JSON, or a script that calls a function with it where the query names one as {@code jsonp}
 * (contracts/mesos-operator-api.md §5).
 */
public final class Jsonp {
  private static final Pattern FUNCTION = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$.\\[\\]]{0,127}");

  private Jsonp() {}

  /** Whether a script is asked for. */
  public static boolean isWanted(Request request) {
    return request.queryValue("jsonp").isPresent();
  }

  /**
   * @throws HttpException 400 where {@code jsonp} cannot be a function, so that nobody has a script
   *     of their own served from here
   */
  public static Response response(Request request, JsonWriter json) {
    Optional<String> function = request.queryValue("jsonp");
    if (function.isEmpty()) {
      return Response.of(200, "application/json", json.toBytes());
    }
    if (!FUNCTION.matcher(function.get()).matches()) {
      throw HttpException.text(
          400, "jsonp must be the name of a function, of at most 128 characters\n");
    }
    String call = function.get() + "(" + json + ");";
    return Response.of(200, "text/javascript", call.getBytes(StandardCharsets.UTF_8));
  }
}

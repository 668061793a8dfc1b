package io.mesocosm.master.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.protocol.JsonWriter;
import java.util.Map;
import java.util.function.Consumer;

/** Replies and parameters as the legacy endpoints have them. */
final class Replies {
  private Replies() {}

  /** As {@link Jsonp}, written while it is sent, so that it may be as long as it likes. */
  static Response written(Request request, Consumer<JsonWriter> body) {
    if (Jsonp.isWanted(request)) {
      JsonWriter json = new JsonWriter(64 * 1024);
      body.accept(json);
      return Jsonp.response(request, json);
    }
    return new Response.Written(
        200,
        Map.of("Content-Type", "application/json"),
        out -> {
          JsonWriter json = new JsonWriter(out);
          body.accept(json);
          json.flush();
        });
  }

  /** As {@link #written}, made in its turn and shared with others who ask for the same. */
  static Response rendered(Request request, Renderings renderings, Renderings.Body body)
      throws InterruptedException {
    if (Jsonp.isWanted(request)) {
      JsonWriter json = new JsonWriter(64 * 1024);
      body.write(json);
      return Jsonp.response(request, json);
    }
    Renderings.Chunks chunks =
        renderings.of(new Renderings.Key(request.path(), request.principal()), body);
    return new Response.Written(200, Map.of("Content-Type", "application/json"), chunks::writeTo);
  }

  /** A whole number, 0 or more. */
  static int intParameter(Request request, String name, int fallback) {
    String text = request.queryValue(name).orElse(Integer.toString(fallback));
    try {
      int value = Integer.parseInt(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw invalid(name, text, e);
    }
    throw invalid(name, text, null);
  }

  private static HttpException invalid(
      String name, String text, @org.jspecify.annotations.Nullable Throwable cause) {
    HttpException exception =
        HttpException.text(
            400, "Failed to parse query parameter '" + name + "=" + text + "': 0 or more expected");
    if (cause != null) {
      exception.addSuppressed(cause);
    }
    return exception;
  }
}

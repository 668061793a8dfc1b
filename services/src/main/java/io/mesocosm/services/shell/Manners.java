package io.mesocosm.services.shell;

import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import java.util.List;
import java.util.Optional;

/**
 * What this process does to every answer, its own and those of the scheduler that leads: says to
 * browsers whose pages may use it (contracts/marathon-api.md H3), and keeps it uncompressed if that
 * is asked for. Thread-safe.
 */
final class Manners implements Handler {
  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
  private static final String HEADERS = "Accept, Authorization, Content-Type, Idempotency-Key";
  private static final String SHOWN_HEADERS = "Location, Marathon-Deployment-Id, X-Marathon-Leader";
  private static final String ASKED_AGAIN_SECONDS = "86400";

  private final List<String> origins;
  private final boolean compresses;
  private final Handler next;

  /**
   * @param origins whose pages may use it, or {@code *}; none when empty
   */
  Manners(List<String> origins, boolean compresses, Handler next) {
    this.origins = List.copyOf(origins);
    this.compresses = compresses;
    this.next = next;
  }

  @Override
  public Response handle(Request request) throws Exception {
    Optional<String> origin = allowed(request);
    Response answer =
        origin.isPresent() && isPreflight(request)
            ? Response.empty(204)
                .withHeader("Access-Control-Allow-Methods", METHODS)
                .withHeader("Access-Control-Allow-Headers", HEADERS)
                .withHeader("Access-Control-Max-Age", ASKED_AGAIN_SECONDS)
            : next.handle(request);
    if (origin.isPresent()) {
      answer =
          answer
              .withHeader("Access-Control-Allow-Origin", origin.get())
              .withHeader("Access-Control-Expose-Headers", SHOWN_HEADERS);
      if (!origin.get().equals("*")) {
        answer = answer.withHeader("Vary", "Origin");
      }
    }
    // The server compresses nothing that says of itself how it is encoded.
    return compresses
            || answer.headers().keySet().stream().anyMatch("Content-Encoding"::equalsIgnoreCase)
        ? answer
        : answer.withHeader("Content-Encoding", "identity");
  }

  private Optional<String> allowed(Request request) {
    if (origins.contains("*")) {
      return Optional.of("*");
    }
    return request.header("Origin").filter(origins::contains);
  }

  /** A browser's question, which comes without credentials. */
  private static boolean isPreflight(Request request) {
    return request.method().equals("OPTIONS")
        && request.header("Access-Control-Request-Method").isPresent();
  }
}

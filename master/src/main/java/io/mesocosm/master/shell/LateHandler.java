package io.mesocosm.master.shell;

import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import java.util.Optional;

/** Answers 503 until the master behind it is there: its own port is known only once it listens. */
final class LateHandler implements Handler {
  // Written once by the thread that starts the master, read by HTTP threads.
  private volatile Optional<Handler> handler = Optional.empty();

  void serve(Handler routes) {
    handler = Optional.of(routes);
  }

  @Override
  public Response handle(Request request) throws Exception {
    Optional<Handler> now = handler;
    return now.isPresent()
        ? now.get().handle(request)
        : Response.text(503, "the master is starting");
  }
}

package io.mesocosm.master.shell;

import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;

/**
 * What the HTTP server hands all requests to: routes that change with what the master is. Its own
 * port is known only once it listens, so there are none at first.
 */
final class Front implements Handler {
  // Written by whoever changes what the master is, read by HTTP threads.
  private volatile Handler routes = _ -> Response.text(503, "the master is starting");

  void serve(Handler handler) {
    routes = handler;
  }

  @Override
  public Response handle(Request request) throws Exception {
    return routes.handle(request);
  }
}

package io.mesocosm.http;

import java.util.Objects;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Words the refusals that Jetty gives before we see the request: 400, 408, 414, 431. */
final class ServerErrors extends ErrorHandler {
  private final ErrorBody errorBody;

  ServerErrors(ErrorBody errorBody) {
    this.errorBody = errorBody;
  }

  @Override
  public boolean handle(
      org.eclipse.jetty.server.Request request,
      org.eclipse.jetty.server.Response response,
      Callback callback) {
    Object message = request.getAttribute(ERROR_MESSAGE);
    int status = response.getStatus();
    WholeReply.send(
        request,
        response,
        callback,
        errorBody.of(
            status, Objects.requireNonNullElse(message, "the request is refused").toString()));
    return true;
  }
}

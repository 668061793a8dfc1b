package io.mesocosm.http.operator;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.runtime.Durations;
import java.util.Optional;

/**
 * {@code /logging/toggle}: the level of logs, or another one for a while
 * (contracts/mesos-operator-api.md §5). Who may see the path may read the level; to set it takes
 * {@code set_log_level} too.
 */
public final class LoggingToggle implements Handler {
  private static final String PATH = "/logging/toggle";

  private final Authorizer authorizer;
  private final LoggingLevel logging;

  public LoggingToggle(Authorizer authorizer, LoggingLevel logging) {
    this.authorizer = authorizer;
    this.logging = logging;
  }

  @Override
  public Response handle(Request request) {
    Permissions permissions = Permissions.of(authorizer, request);
    permissions.requireEndpoint(PATH);
    Optional<String> level = request.queryValue("level");
    Optional<String> duration = request.queryValue("duration");
    if (level.isEmpty() && duration.isEmpty()) {
      return Response.text(200, logging.level() + "\n");
    }
    if (level.isEmpty() || duration.isEmpty()) {
      throw HttpException.text(
          400,
          "Expecting 'level=value' and 'duration=value' in query, e.g. level=1&duration=10secs\n");
    }
    permissions.require(Action.SET_LOG_LEVEL);
    logging.set(level(level.get()), nanoseconds(duration.get()));
    return Response.empty(200);
  }

  private static int level(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw HttpException.text(400, "level=" + text + " is not a whole number\n");
    }
  }

  private static long nanoseconds(String text) {
    try {
      return Durations.parse(text).toNanos();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw HttpException.text(400, "duration=" + text + ": " + e.getMessage() + "\n");
    }
  }
}

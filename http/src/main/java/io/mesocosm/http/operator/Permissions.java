package io.mesocosm.http.operator;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import java.util.Optional;

/**
 * What the sender of a request may do. Immutable and thread-safe.
 *
 * @param principal empty for a request without authentication
 */
public record Permissions(Authorizer authorizer, Optional<Principal> principal) {

  public static Permissions of(Authorizer authorizer, Request request) {
    return new Permissions(authorizer, request.principal());
  }

  /**
   * @throws HttpException 403 unless the action is allowed with every object
   */
  public void require(Action action) {
    require(action, Optional.empty());
  }

  /**
   * @param object as of {@link Authorizer#allows}; not shown, for it may be secret
   * @throws HttpException 403 where the action is not allowed
   */
  public void require(Action action, Optional<String> object) {
    if (!authorizer.allows(principal, action, object)) {
      throw refusal(action, "");
    }
  }

  /**
   * For what has no action of its own.
   *
   * @param path as rules name it, without the program's prefix
   * @throws HttpException 403 where {@code get_endpoints} is not allowed for it
   */
  public void requireEndpoint(String path) {
    if (!authorizer.allows(principal, Action.GET_ENDPOINT_WITH_PATH, path)) {
      throw refusal(Action.GET_ENDPOINT_WITH_PATH, " for " + path);
    }
  }

  private static HttpException refusal(Action action, String object) {
    return HttpException.text(
        403, "Not authorized: " + action.key() + " is not allowed" + object + " (--acls)");
  }
}

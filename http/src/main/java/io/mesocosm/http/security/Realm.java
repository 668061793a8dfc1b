package io.mesocosm.http.security;

import java.util.List;

/**
 * Endpoints that are guarded alike.
 *
 * @param name as in the challenge of a 401
 * @param required whether a request that shows nothing is refused; what is shown is looked at
 *     either way
 * @param named whether a principal that makes claims only is refused with 403
 * @param authenticators tried in turn; the challenges of all of them are sent
 */
public record Realm(
    String name, boolean required, boolean named, List<Authenticator> authenticators) {
  public Realm {
    if (required && authenticators.isEmpty()) {
      throw new IllegalArgumentException(
          "realm " + name + " requires authentication and has no way to do it");
    }
    authenticators = List.copyOf(authenticators);
  }
}

package io.mesocosm.model.access;

import java.util.Optional;

/** Says who may do what. Pure: the same question has the same answer, at once, on any thread. */
@FunctionalInterface
public interface Authorizer {
  /** Everyone may do everything: what holds where no access list is given. */
  Authorizer PERMISSIVE = (_, _, _) -> true;

  /**
   * @param subject empty for a request without authentication
   * @param object what {@link Action#objectKey} names, e.g. a role or a user; empty asks for all
   *     objects at once
   */
  boolean allows(Optional<Principal> subject, Action action, Optional<String> object);

  /** As above, for one object. */
  default boolean allows(Optional<Principal> subject, Action action, String object) {
    return allows(subject, action, Optional.of(object));
  }
}

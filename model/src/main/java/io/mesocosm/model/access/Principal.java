package io.mesocosm.model.access;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who has shown credentials (contracts/mesos-ha.md U5, U6).
 *
 * @param value a name, e.g. the user of HTTP Basic; absent for a token that only makes claims
 * @param claims what a token says of its bearer, by name
 */
public record Principal(Optional<String> value, SortedMap<String, String> claims) {
  public Principal {
    if (value.isEmpty() && claims.isEmpty()) {
      throw new IllegalArgumentException("a principal must have a value or at least one claim");
    }
    claims = Collections.unmodifiableSortedMap(new TreeMap<>(claims));
  }

  public static Principal of(String value) {
    return new Principal(Optional.of(value), Collections.emptySortedMap());
  }

  /** For log lines and messages: the name, else the claims. */
  @Override
  public String toString() {
    return value.orElseGet(() -> "with claims " + claims);
  }
}

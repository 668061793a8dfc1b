package io.mesocosm.http;

import java.net.URI;
import java.util.Optional;

/**
 * Redirects of POSTs to the leading master: 307 with a Location that may leave the scheme out
 * ({@code //host:port/path}).
 */
public final class Redirects {
  private Redirects() {}

  /** Where to go instead, if the answer says so. */
  public static Optional<URI> target(URI requested, int status, Optional<String> location) {
    if (status != 307 && status != 308) {
      return Optional.empty();
    }
    return location.map(requested::resolve);
  }
}

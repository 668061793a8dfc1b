package io.mesocosm.services.api;

import io.mesocosm.http.Response;

/** What every answer of a leader carries (contracts/marathon-api.md H3). */
final class StandardHeaders {
  private StandardHeaders() {}

  static Response on(Response response, ServicesIdentity leader) {
    return response
        .withHeader("X-Marathon-Leader", leader.url())
        .withHeader("X-Frame-Options", "DENY")
        .withHeader("X-XSS-Protection", "1; mode=block")
        .withHeader("Cache-Control", "no-cache, no-store, must-revalidate")
        .withHeader("Pragma", "no-cache")
        .withHeader("Expires", "0");
  }
}

package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.List;

/**
 * What a request with an {@code Idempotency-Key} led to: whoever repeats it is answered the same,
 * and nothing is done again.
 *
 * @param key hexadecimal digest of what the client sent as its key, and who it is
 * @param request digest of what was asked: another request with the same key is refused
 * @param apps those whose definitions it brought, all of {@code version}
 */
public record GivenAnswer(
    String key,
    String request,
    DeploymentId deployment,
    Instant version,
    List<AppId> apps,
    Instant at) {
  public GivenAnswer {
    apps = List.copyOf(apps);
  }
}

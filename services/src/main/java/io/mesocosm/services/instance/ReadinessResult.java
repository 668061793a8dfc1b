package io.mesocosm.services.instance;

import java.util.Optional;

/**
 * What one readiness check of one instance has found last (contracts/marathon-api.md §7).
 *
 * @param name of the check in the app's definition
 * @param ready whether it has been ready once
 * @param lastResponse only if the check says that it is to be kept
 */
public record ReadinessResult(
    String taskId, String name, boolean ready, Optional<Response> lastResponse) {
  /**
   * An answer of the instance.
   *
   * @param contentType empty if the instance did not say
   * @param body its first few KiB, as text
   */
  public record Response(int status, String contentType, String body) {}
}

package io.mesocosm.services;

import java.util.Optional;

/**
 * How a change is to be made.
 *
 * @param force whether deployments that stand against it are cancelled
 * @param dryRun whether only to say what would be done
 * @param key if whoever asks may ask again without it being done again
 */
public record WriteOptions(boolean force, boolean dryRun, Optional<Key> key) {
  /**
   * @param value hexadecimal digest of what the client sent as its key, and who it is
   * @param request digest of all that was asked
   */
  public record Key(String value, String request) {}

  public static WriteOptions forced(boolean force) {
    return new WriteOptions(force, false, Optional.empty());
  }
}

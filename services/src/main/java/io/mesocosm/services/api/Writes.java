package io.mesocosm.services.api;

import io.mesocosm.http.Request;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.json.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;

/** What a request that changes something says about how that is to be done. */
final class Writes {
  private static final String KEY = "Idempotency-Key";
  private static final int KEY_LENGTH_MAX = 255;

  private Writes() {}

  /**
   * @param forceByDefault whether other deployments are cancelled when nothing is said of it
   */
  static WriteOptions options(Request request, boolean forceByDefault) {
    Query query = new Query(request);
    return new WriteOptions(
        query.flag("force", forceByDefault), query.flag("dryRun", false), key(request));
  }

  private static Optional<WriteOptions.Key> key(Request request) {
    Optional<String> given = request.header(KEY).map(String::strip);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.get().isEmpty() || given.get().length() > KEY_LENGTH_MAX) {
      throw InvalidRequestException.bad(
          KEY
              + ": got "
              + given.get().length()
              + " characters, expected 1 to "
              + KEY_LENGTH_MAX
              + ": a UUID for instance");
    }
    // Whoever shows other credentials has keys of his own.
    MessageDigest key = digest();
    add(key, request.header("Authorization").orElse(""));
    add(key, given.get());
    MessageDigest asked = digest();
    add(asked, request.method());
    add(asked, request.path());
    add(asked, new TreeMap<>(request.query()).toString());
    asked.update(request.body());
    HexFormat hex = HexFormat.of();
    return Optional.of(
        new WriteOptions.Key(hex.formatHex(key.digest()), hex.formatHex(asked.digest())));
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

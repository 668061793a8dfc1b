package io.mesocosm.http.security;

import io.mesocosm.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The parts of an Authorization header, and comparisons that do not tell what they compare. */
final class AuthorizationHeader {
  private AuthorizationHeader() {}

  /** What follows the scheme, whose name has no case. */
  static Optional<String> of(Request request, String scheme) {
    return request
        .header("Authorization")
        .map(String::strip)
        .filter(value ->
            value.length() > scheme.length()
                && value.charAt(scheme.length()) == ' '
                && value.regionMatches(true, 0, scheme, 0, scheme.length()))
        .map(value -> value.substring(scheme.length() + 1).strip());
  }

  /**
   * A digest of a secret. Two of them are compared in a time that depends neither on the secrets'
   * lengths nor on where they differ.
   */
  static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

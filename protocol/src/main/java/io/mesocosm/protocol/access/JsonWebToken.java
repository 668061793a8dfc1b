package io.mesocosm.protocol.access;

import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.JsonWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * JSON Web Tokens signed with HMAC-SHA256 (RFC 7519), the only kind that Mesos knows
 * (contracts/mesos-ha.md U6). Thread-safe.
 */
public final class JsonWebToken {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES_MIN = 16;
  private static final int TOKEN_CHARACTERS_MAX = 16 << 10;
  private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

  private final byte[] key;

  /**
   * @param key shared by those who issue and those who verify, at least 16 bytes
   */
  public JsonWebToken(byte[] key) {
    if (key.length < KEY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "the key has "
              + key.length
              + " bytes: give at least "
              + KEY_BYTES_MIN
              + ", or else it can be guessed");
    }
    this.key = Arrays.copyOf(key, key.length);
  }

  /**
   * @param claims {@code exp} is none of them
   * @param expires to the second
   */
  public String issue(SortedMap<String, String> claims, Optional<Instant> expires) {
    JsonWriter payload = new JsonWriter();
    payload.beginObject();
    claims.forEach((name, value) -> payload.name(name).value(value));
    expires.ifPresent(at -> payload.name("exp").value(at.getEpochSecond()));
    payload.endObject();
    String signed = encode(HEADER) + "." + encode(payload.toString());
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature(signed));
  }

  /**
   * The claims of a token that is in order, numbers and booleans as text, {@code exp} among them.
   *
   * @throws InvalidMessageException if it is malformed, signed with another key or not at all, not
   *     valid yet, or expired; the message does not hold the token
   */
  public SortedMap<String, String> verify(String token, Instant now)
      throws InvalidMessageException {
    String[] parts = token.length() > TOKEN_CHARACTERS_MAX ? new String[0] : token.split("\\.", -1);
    if (parts.length != 3) {
      throw new InvalidMessageException("the token is not made of three parts");
    }
    if (!"HS256".equals(json(parts[0]).get("alg"))) {
      throw new InvalidMessageException("the token is not signed with HS256");
    }
    // Constant time: how long it takes must not say how much of a guess was right.
    if (!MessageDigest.isEqual(signature(parts[0] + "." + parts[1]), decode(parts[2]))) {
      throw new InvalidMessageException("the signature of the token is wrong");
    }
    Map<String, Object> payload = json(parts[1]);
    BigDecimal seconds = BigDecimal.valueOf(now.toEpochMilli(), 3);
    if (payload.containsKey("exp") && seconds.compareTo(time(payload, "exp")) >= 0) {
      throw new InvalidMessageException("the token has expired");
    }
    if (payload.containsKey("nbf") && seconds.compareTo(time(payload, "nbf")) < 0) {
      throw new InvalidMessageException("the token is not valid yet");
    }
    return claims(payload);
  }

  private static SortedMap<String, String> claims(Map<String, Object> payload) {
    SortedMap<String, String> claims = new TreeMap<>();
    payload.forEach((name, value) -> {
      switch (value) {
        case String text -> claims.put(name, text);
        case Boolean bool -> claims.put(name, bool.toString());
        case KnownJson.Number number -> claims.put(name, number.digits());
        default -> {
          // Nothing here decides by claims with a structure.
        }
      }
    });
    return Collections.unmodifiableSortedMap(claims);
  }

  private static BigDecimal time(Map<String, Object> payload, String name)
      throws InvalidMessageException {
    // No exponents: a big one makes a comparison long.
    if (payload.get(name) instanceof KnownJson.Number number
        && number.digits().matches("[0-9]{1,18}(\\.[0-9]{1,9})?")) {
      return new BigDecimal(number.digits());
    }
    throw new InvalidMessageException(name + " of the token is no time in seconds");
  }

  private static Map<String, Object> json(String part) throws InvalidMessageException {
    return KnownJson.object(new String(decode(part), StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] decode(String part) throws InvalidMessageException {
    try {
      return Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("the token is not in base64url", e);
    }
  }

  private byte[] signature(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}

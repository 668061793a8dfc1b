package io.mesocosm.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.protocol.InvalidMessageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWebTokenTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final SortedMap<String, String> CLAIMS =
      new TreeMap<>(Map.of("fid", "f-1", "eid", "e \"1\"", "cid", "ä"));

  private final JsonWebToken tokens =
      new JsonWebToken("a key that nobody guesses".getBytes(StandardCharsets.UTF_8));

  @Test
  void issuedTokenIsVerified() throws Exception {
    String token = tokens.issue(CLAIMS, Optional.empty());

    assertThat(token).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");
    assertThat(tokens.verify(token, NOW)).isEqualTo(CLAIMS);
  }

  @Test
  void tokenOfAnotherMakerIsVerified() throws Exception {
    // From the examples of RFC 7519's best known web site, with its well-known key.
    JsonWebToken known = new JsonWebToken("your-256-bit-secret".getBytes(StandardCharsets.UTF_8));

    assertThat(
            known.verify(
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                    + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
                    + "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
                NOW))
        .containsEntry("sub", "1234567890")
        .containsEntry("iat", "1516239022");
  }

  @Test
  void expiredTokenIsRefused() throws Exception {
    String token = tokens.issue(CLAIMS, Optional.of(NOW.plusSeconds(10)));

    assertThat(tokens.verify(token, NOW.plusSeconds(9))).containsEntry("fid", "f-1");
    assertThatThrownBy(() -> tokens.verify(token, NOW.plusSeconds(10)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("the token has expired");
  }

  @Test
  void tokenOfAnotherKeyIsRefused() {
    String token =
        new JsonWebToken("another key, as long".getBytes(StandardCharsets.UTF_8))
            .issue(CLAIMS, Optional.empty());

    assertThatThrownBy(() -> tokens.verify(token, NOW))
        .hasMessage("the signature of the token is wrong");
  }

  @Test
  void changedClaimsAreRefused() {
    String[] parts = tokens.issue(CLAIMS, Optional.empty()).split("\\.");
    String changed = parts[0] + "." + encode("{\"fid\":\"f-2\"}") + "." + parts[2];

    assertThatThrownBy(() -> tokens.verify(changed, NOW))
        .hasMessage("the signature of the token is wrong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"none\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"HS512\"}",
        "{\"alg\":\"RS256\"}",
        "{\"alg\":null}",
        "{}"
      })
  void otherAlgorithmsAreRefusedEvenWithoutSignature(String header) {
    assertThatThrownBy(
            () -> tokens.verify(encode(header) + "." + encode("{\"fid\":\"f-1\"}") + ".", NOW))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("the token is not signed with HS256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "!.!.!", "e30.e30.e30"})
  void garbageIsRefused(String token) {
    assertThatThrownBy(() -> tokens.verify(token, NOW)).isInstanceOf(InvalidMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"soon\"", "1e999999999", "1e99999999999", "-1", "null", "[]"})
  void expiryThatIsNoTimeIsRefused(String expiry) throws Exception {
    // Signed rightly, as by an issuer that errs.
    String token = signed("{\"exp\":" + expiry + "}");

    assertThatThrownBy(() -> tokens.verify(token, NOW))
        .hasMessage("exp of the token is no time in seconds");
  }

  @Test
  void shortKeyIsRefused() {
    assertThatThrownBy(() -> new JsonWebToken(new byte[15]))
        .hasMessageContaining("give at least 16");
  }

  private static String signed(String payload) throws Exception {
    String text = encode("{\"alg\":\"HS256\"}") + "." + encode(payload);
    javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(
        new javax.crypto.spec.SecretKeySpec(
            "a key that nobody guesses".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return text
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

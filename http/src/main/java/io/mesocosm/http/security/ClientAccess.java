package io.mesocosm.http.security;

import io.mesocosm.http.tls.Tls;
import io.mesocosm.model.access.Credential;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What a client shows of itself, and whom it believes. The text form keeps the secret.
 *
 * @param authorization the header of that name
 * @param tls for https addresses; without, what Java knows by itself
 */
public record ClientAccess(Optional<String> authorization, Optional<SSLContext> tls) {
  public static final ClientAccess ANONYMOUS = new ClientAccess(Optional.empty(), Optional.empty());

  /** Shows a principal and its secret (HTTP Basic). */
  public static ClientAccess basic(Credential credential) {
    String pair = credential.principal() + ":" + credential.secret();
    return new ClientAccess(
        Optional.of(
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))),
        Optional.empty());
  }

  /** Shows a token. */
  public static ClientAccess bearer(String token) {
    return new ClientAccess(Optional.of("Bearer " + token), Optional.empty());
  }

  public ClientAccess withTls(SSLContext context) {
    return new ClientAccess(authorization, Optional.of(context));
  }

  /**
   * The same, believing these authorities only.
   *
   * @throws IllegalArgumentException in one line, if the file is no good
   */
  public ClientAccess withAuthorities(Path file) {
    return withTls(Tls.clientContext(file));
  }

  /** To be sent with every request. */
  public Map<String, String> headers() {
    return authorization.map(value -> Map.of("Authorization", value)).orElse(Map.of());
  }

  /** A builder of clients that speak TLS so. */
  public HttpClient.Builder clients() {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    tls.ifPresent(builder::sslContext);
    return builder;
  }

  @Override
  public String toString() {
    return "ClientAccess["
        + authorization.map(value -> value.split(" ", 2)[0] + " ***").orElse("anonymous")
        + tls.map(_ -> ", own TLS").orElse("")
        + "]";
  }
}

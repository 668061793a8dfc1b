package io.mesocosm.http.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * A process's own certificate, and whose certificates it believes; from PEM files, which may be
 * replaced at any time: handshakes see new ones at most 10 s later, connections go on with what
 * they began with. Thread-safe.
 */
public final class Tls {
  /** Nothing older is spoken. */
  public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

  private final SSLContext context;
  private final boolean verifiesClients;

  /**
   * Where everything is.
   *
   * @param certificate the chain, own certificate first
   * @param key PKCS#8, or PKCS#1 for RSA; not encrypted
   * @param authorities who signs the certificates of others; without, those that Java knows
   * @param verifyClients whether clients must show a certificate that these have signed
   */
  public record Files(
      Path certificate, Path key, Optional<Path> authorities, boolean verifyClients) {
    public Files {
      if (verifyClients && authorities.isEmpty()) {
        throw new IllegalArgumentException(
            "clients cannot be verified without the certificates of who signs theirs");
      }
    }
  }

  private Tls(SSLContext context, boolean verifiesClients) {
    this.context = context;
    this.verifiesClients = verifiesClients;
  }

  /**
   * @throws IllegalArgumentException in one line, if a file is no good
   */
  public static Tls load(Files files) {
    return load(files, LOOK_INTERVAL);
  }

  /** As above, looking for new files at most once in {@code interval}; for tests. */
  static Tls load(Files files, Duration interval) {
    KeyManager identity = new Identity(files.certificate(), files.key(), interval);
    return new Tls(
        context(Optional.of(identity), trust(files.authorities(), interval)),
        files.verifyClients());
  }

  /** For a client without a certificate that believes these authorities only. */
  public static SSLContext clientContext(Path authorities) {
    return context(Optional.empty(), trust(Optional.of(authorities), LOOK_INTERVAL));
  }

  public SSLContext serverContext() {
    return context;
  }

  /** For calls to other processes: shows the own certificate to those who ask for one. */
  public SSLContext clientContext() {
    return context;
  }

  public boolean verifiesClients() {
    return verifiesClients;
  }

  private static Optional<TrustManager> trust(Optional<Path> file, Duration interval) {
    return file.map(authorities -> new Authorities(authorities, interval));
  }

  private static SSLContext context(Optional<KeyManager> identity, Optional<TrustManager> trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identity.map(manager -> new KeyManager[] {manager}).orElse(null),
          trust.map(manager -> new TrustManager[] {manager}).orElse(null),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }
}

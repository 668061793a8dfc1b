package io.mesocosm.services.shell;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Believes certificates that are signed as they should be, for whatever host name they are ({@code
 * --leader_proxy_ssl_ignore_hostname}). Thread-safe.
 */
final class AnyHostname extends X509ExtendedTrustManager {
  private final X509TrustManager signatures;

  private AnyHostname(X509TrustManager signatures) {
    this.signatures = signatures;
  }

  /**
   * For a client that shows no certificate of its own.
   *
   * @param authorities who signs, in PEM; those that Java knows when empty
   * @throws IllegalArgumentException in one line, if the file is no good
   */
  static SSLContext context(Optional<Path> authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities.isPresent() ? store(authorities.get()) : null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager signatures) {
          SSLContext context = SSLContext.getInstance("TLS");
          context.init(null, new TrustManager[] {new AnyHostname(signatures)}, null);
          return context;
        }
      }
      throw new IllegalStateException("every Java platform has an X.509 trust manager");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "certificates of " + authorities + " are no good: " + e.getMessage(), e);
    }
  }

  private static KeyStore store(Path authorities) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream file = Files.newInputStream(authorities)) {
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        store.setCertificateEntry("authority-" + count++, each);
      }
    }
    return store;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    signatures.checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    signatures.checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    signatures.checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    signatures.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    signatures.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    signatures.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return signatures.getAcceptedIssuers();
  }
}

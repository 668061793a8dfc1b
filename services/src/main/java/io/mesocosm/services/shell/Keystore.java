package io.mesocosm.services.shell;

import io.mesocosm.http.tls.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;

/**
 * The certificate and key of {@code --ssl_keystore_path}. The first key of the store is it. The
 * text form keeps the password.
 */
final class Keystore {
  private final Path path;
  private final char[] password;

  Keystore(Path path, String password) {
    this.path = path;
    this.password = password.toCharArray();
  }

  /**
   * For a server. TLS takes PEM files: they are written for the moment, for this user alone.
   *
   * @param authorities who signs the certificates of others
   * @throws IllegalArgumentException in one line, if the store or its password is no good
   */
  Tls load(Optional<Path> authorities) {
    try {
      KeyStore store = KeyStore.getInstance(path.toFile(), password);
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          return load(store.getKey(alias, password), store.getCertificateChain(alias), authorities);
        }
      }
      throw new IllegalArgumentException("there is no key in it");
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--ssl_keystore_path=" + path + " or its password is no good: " + e.getMessage(), e);
    }
  }

  private static Tls load(Key key, Certificate[] chain, Optional<Path> authorities)
      throws GeneralSecurityException, IOException {
    // For its owner alone, by the contract of createTempDirectory.
    Path folder = Files.createTempDirectory("cosm-services-tls");
    Path certificateFile = folder.resolve("certificate.pem");
    Path keyFile = folder.resolve("key.pem");
    try {
      StringBuilder certificates = new StringBuilder();
      for (Certificate each : chain) {
        certificates.append(pem("CERTIFICATE", each.getEncoded()));
      }
      Files.writeString(certificateFile, certificates);
      Files.writeString(keyFile, pem("PRIVATE KEY", key.getEncoded()));
      return Tls.load(new Tls.Files(certificateFile, keyFile, authorities, false));
    } finally {
      Files.deleteIfExists(keyFile);
      Files.deleteIfExists(certificateFile);
      Files.delete(folder);
    }
  }

  private static String pem(String kind, byte[] content) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
  }

  @Override
  public String toString() {
    return "Keystore[" + path + "]";
  }
}

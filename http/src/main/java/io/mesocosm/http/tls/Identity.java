package io.mesocosm.http.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its key, as handshakes ask for them. Those ask three times: for an alias,
 * then for its key, then for its chain. The alias names a version of the files, and the last two
 * versions are kept, so that one handshake sees one version. Thread-safe.
 */
final class Identity extends X509ExtendedKeyManager {
  private static final char[] NO_PASSWORD = new char[0];

  private record Version(
      String alias, PrivateKey key, X509Certificate[] chain, X509ExtendedKeyManager chooser) {}

  private final Path certificate;
  private final Path key;
  // Counted by whichever thread reads the files; the constructor and then one at a time.
  private final AtomicLong versions = new AtomicLong();
  private volatile @Nullable Version newest;
  private volatile @Nullable Version before;
  private final Reloading<Version> files;

  /**
   * @throws IllegalArgumentException in one line, if the files are no good
   */
  Identity(Path certificate, Path key, Duration interval) {
    this.certificate = certificate;
    this.key = key;
    this.files = new Reloading<>(List.of(certificate, key), interval, this::load);
  }

  private Version load() throws IOException, GeneralSecurityException {
    X509Certificate[] chain = Pem.certificates(certificate).toArray(X509Certificate[]::new);
    PrivateKey read = Pem.key(key, chain[0]);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", read, NO_PASSWORD, chain);
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, NO_PASSWORD);
    for (KeyManager manager : factory.getKeyManagers()) {
      if (manager instanceof X509ExtendedKeyManager chooser) {
        Version version = new Version("v" + versions.incrementAndGet(), read, chain, chooser);
        before = newest;
        newest = version;
        return version;
      }
    }
    throw new GeneralSecurityException("the platform has no X.509 key manager");
  }

  private @Nullable Version of(@Nullable String alias) {
    for (Version version : new @Nullable Version[] {newest, before}) {
      if (version != null && version.alias().equals(alias)) {
        return version;
      }
    }
    return null;
  }

  private static @Nullable String aliasIf(@Nullable String chosen, Version version) {
    return chosen == null ? null : version.alias();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    Version version = files.current();
    return aliasIf(version.chooser().chooseServerAlias(keyType, issuers, null), version);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    Version version = files.current();
    return aliasIf(version.chooser().chooseClientAlias(keyTypes, issuers, null), version);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineClientAlias(keyTypes, issuers, null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Version version = of(alias);
    return version == null ? null : version.chain().clone();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Version version = of(alias);
    return version == null ? null : version.key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseEngineServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseEngineClientAlias(new String[] {keyType}, issuers, null);
    return alias == null ? null : new String[] {alias};
  }
}

package io.mesocosm.http.tls;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** Makes self-signed certificates for 127.0.0.1 with the JDK's keytool. */
final class TestCertificates {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final int RSA_HEADER_BYTES = 26;

  private TestCertificates() {}

  /** PEM files: {@code name.crt} and {@code name.key} (PKCS#8). */
  static void make(Path directory, String name, String algorithm) throws Exception {
    Path store = directory.resolve(name + "-" + System.nanoTime() + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException(Files.readString(directory.resolve("keytool.log")));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    write(directory.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate("x").getEncoded());
    PrivateKey key = (PrivateKey) keys.getKey("x", PASSWORD);
    write(directory.resolve(name + ".key"), "PRIVATE KEY", key.getEncoded());
    if (algorithm.equals("RSA")) {
      // What is inside the wrapping of PKCS#8 is PKCS#1.
      byte[] encoded = key.getEncoded();
      write(
          directory.resolve(name + ".pkcs1.key"),
          "RSA PRIVATE KEY",
          Arrays.copyOfRange(encoded, RSA_HEADER_BYTES, encoded.length));
    }
  }

  private static void write(Path file, String type, byte[] content) throws Exception {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}

package io.mesocosm.http.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files: certificates and private keys. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  /** The sequence of RSA's object identifier and its empty parameters, in DER. */
  private static final byte[] RSA_ALGORITHM = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private Pem() {}

  /** All certificates of the file, in its order. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException(file + " holds no certificate in PEM");
    }
    return certificates;
  }

  /**
   * The key of a certificate: PKCS#8, or PKCS#1 for RSA; not encrypted.
   *
   * @throws GeneralSecurityException if there is none, or it is another's
   */
  static PrivateKey key(Path file, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    String algorithm = certificate.getPublicKey().getAlgorithm();
    byte[] encoded =
        encodedKey(Files.readString(file, StandardCharsets.ISO_8859_1))
            .orElseThrow(() ->
                new GeneralSecurityException(
                    file
                        + " holds no unencrypted private key in PEM, PKCS#8 or PKCS#1:"
                        + " convert it with openssl pkcs8 -topk8 -nocrypt"));
    PrivateKey key =
        KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    requirePair(file, key, certificate);
    return key;
  }

  private static Optional<byte[]> encodedKey(String text) {
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      byte[] content = Base64.getMimeDecoder().decode(block.group(2));
      switch (block.group(1)) {
        case "PRIVATE KEY" -> {
          return Optional.of(content);
        }
        case "RSA PRIVATE KEY" -> {
          return Optional.of(der(SEQUENCE, VERSION_0, RSA_ALGORITHM, der(OCTET_STRING, content)));
        }
        default -> {
          // e.g. the parameters of a curve, or certificates before the key
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    // The shortest form, which is the only one that DER allows.
    if (length < 0x80) {
      all.write(length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      all.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        all.write(length >> (8 * i));
      }
    }
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  /** A pair of files that are being replaced may be half new. */
  private static void requirePair(Path file, PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] sample = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(sample);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException(file + " is not the key of the certificate");
    }
  }
}

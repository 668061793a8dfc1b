package io.mesocosm.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.RecordStream;
import io.mesocosm.http.Redirects;
import io.mesocosm.http.Response;
import io.mesocosm.http.security.ClientAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsTest {
  // Made once: keytool takes its time.
  private static final AtomicReference<Path> MADE = new AtomicReference<>();

  @TempDir Path directory;

  @BeforeAll
  static void makeCertificates(@TempDir Path made) throws Exception {
    MADE.set(made);
    TestCertificates.make(made, "one", "RSA");
    TestCertificates.make(made, "two", "RSA");
    TestCertificates.make(made, "curve", "EC");
  }

  @ParameterizedTest
  @CsvSource({"one, one.key", "one, one.pkcs1.key", "curve, curve.key"})
  void serverSpeaksTlsToThoseWhoBelieveItsAuthority(String name, String key) throws Exception {
    Tls tls = Tls.load(files(name, key));

    try (HttpServer server = serve(tls)) {
      assertThat(get(server, trusting(name)).body()).isEqualTo("hello");
      assertThatThrownBy(() -> get(server, trusting("two")))
          .hasMessageContaining("no answer from https://127.0.0.1")
          .hasMessageContaining("PKIX");
    }
  }

  @Test
  void streamsGoThroughTls() throws Exception {
    try (HttpServer server =
            HttpServer.start(
                options(Tls.load(files("one", "one.key"))),
                _ ->
                    new Response.Stream(
                        200,
                        Map.of(),
                        sink -> sink.send("2\nab1\nc".getBytes(StandardCharsets.US_ASCII))));
        HttpClient client = trusting("one").clients().build();
        RecordStream stream =
            RecordStream.open(
                client,
                uri(server),
                "text/plain",
                "*/*",
                new byte[] {1},
                Map.of(),
                Duration.ofSeconds(10))) {
      assertThat(stream.next()).contains("ab".getBytes(StandardCharsets.US_ASCII));
      assertThat(stream.next()).contains("c".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void newFilesAreUsedWhileTheServerServes() throws Exception {
    put("one");
    Tls tls =
        Tls.load(new Tls.Files(own("crt"), own("key"), Optional.empty(), false), Duration.ZERO);
    try (HttpServer server = serve(tls);
        HttpClient old = trusting("one").clients().build()) {
      assertThat(get(server, old).body()).isEqualTo("hello");
      assertThat(shown(server)).isEqualTo("CN=one");

      put("two");

      assertThat(shown(server)).isEqualTo("CN=two");
      assertThat(get(server, trusting("two")).body()).isEqualTo("hello");
      // A connection that is open goes on with what it began with.
      assertThat(get(server, old).body()).isEqualTo("hello");
    }
  }

  @Test
  void brokenNewFilesLeaveTheOldOnesInUse() throws Exception {
    put("one");
    Tls tls =
        Tls.load(new Tls.Files(own("crt"), own("key"), Optional.empty(), false), Duration.ZERO);
    try (HttpServer server = serve(tls)) {
      Files.writeString(own("key"), "broken");
      assertThat(shown(server)).isEqualTo("CN=one");
      // Half of a new pair is no good either.
      Files.copy(MADE.get().resolve("two.key"), own("key"), StandardCopyOption.REPLACE_EXISTING);
      assertThat(shown(server)).isEqualTo("CN=one");
      Files.delete(own("crt"));
      assertThat(shown(server)).isEqualTo("CN=one");

      put("two");

      assertThat(shown(server)).isEqualTo("CN=two");
    }
  }

  @Test
  void clientsWithoutACertificateAreRefusedWhereOneIsWanted() throws Exception {
    Tls.Files verifying =
        new Tls.Files(
            MADE.get().resolve("one.crt"),
            MADE.get().resolve("one.key"),
            Optional.of(MADE.get().resolve("two.crt")),
            true);
    Tls client =
        Tls.load(
            new Tls.Files(
                MADE.get().resolve("two.crt"),
                MADE.get().resolve("two.key"),
                Optional.of(MADE.get().resolve("one.crt")),
                false));
    try (HttpServer server = serve(Tls.load(verifying))) {
      assertThatThrownBy(() -> get(server, trusting("one"))).isInstanceOf(IOException.class);
      assertThat(get(server, ClientAccess.ANONYMOUS.withTls(client.clientContext())).body())
          .isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1", "TLSv1.1", "SSLv3"})
  void oldProtocolsAreNotSpoken(String protocol) {
    assertThat(Tls.PROTOCOLS).doesNotContain(protocol);
  }

  @Test
  void plainRequestToATlsPortIsNoHarm() throws Exception {
    try (HttpServer server = serve(Tls.load(files("one", "one.key")))) {
      URI plain = URI.create("http://127.0.0.1:" + server.port() + "/");
      assertThatThrownBy(
              () -> {
                try (HttpClient client = HttpClient.newHttpClient()) {
                  client.send(HttpRequest.newBuilder(plain).build(), BodyHandlers.ofString());
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(get(server, trusting("one")).body()).isEqualTo("hello");
    }
  }

  @Test
  void redirectOutOfTlsIsNotFollowed() throws Exception {
    try (HttpServer server =
        HttpServer.start(
            options(Tls.load(files("one", "one.key"))),
            _ -> Response.empty(307).withHeader("Location", "http://127.0.0.1:1/"))) {
      assertThat(get(server, trusting("one")).statusCode()).isEqualTo(307);
    }
  }

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource({
    "one.crt, two.key, is not the key of the certificate",
    "one.crt, curve.key, no good",
    "one.key, one.key, no good",
    "one.crt, one.crt, no unencrypted private key",
    "none.crt, one.key, none.crt",
  })
  void filesThatDoNotFitAreRefusedAtTheStart(String certificate, String key, String complaint) {
    assertThatThrownBy(() ->
            Tls.load(
                new Tls.Files(
                    MADE.get().resolve(certificate),
                    MADE.get().resolve(key),
                    Optional.empty(),
                    false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(complaint);
  }

  private void put(String name) throws IOException {
    Files.copy(MADE.get().resolve(name + ".crt"), own("crt"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(MADE.get().resolve(name + ".key"), own("key"), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path own(String type) {
    return directory.resolve("own." + type);
  }

  private static Tls.Files files(String name, String key) {
    return new Tls.Files(
        MADE.get().resolve(name + ".crt"), MADE.get().resolve(key), Optional.empty(), false);
  }

  private static HttpServer serve(Tls tls) {
    return HttpServer.start(options(tls), _ -> Response.text(200, "hello"));
  }

  private static HttpServerOptions options(Tls tls) {
    return HttpServerOptions.of("tls-test", "127.0.0.1", 0).withTls(Optional.of(tls));
  }

  private static ClientAccess trusting(String name) {
    return ClientAccess.ANONYMOUS.withAuthorities(MADE.get().resolve(name + ".crt"));
  }

  private static URI uri(HttpServer server) {
    return URI.create("https://127.0.0.1:" + server.port() + "/");
  }

  private static HttpResponse<String> get(HttpServer server, ClientAccess access) throws Exception {
    try (HttpClient client = access.clients().build()) {
      return get(server, client);
    }
  }

  private static HttpResponse<String> get(HttpServer server, HttpClient client) throws Exception {
    return Redirects.send(
        client,
        HttpRequest.newBuilder(uri(server)).build(),
        BodyHandlers.ofString(),
        Duration.ofSeconds(10));
  }

  /** The name in the certificate that a new connection is shown. */
  private static String shown(HttpServer server) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new javax.net.ssl.TrustManager[] {new Gullible()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  private static final class Gullible implements javax.net.ssl.X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

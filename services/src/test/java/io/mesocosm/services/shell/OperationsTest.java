package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.services.json.Json;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the flags of the API do to a whole process (contracts/marathon-api.md §1, §16, §17). */
@Timeout(60)
class OperationsTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private Optional<ServicesProcess> process = Optional.empty();

  @AfterEach
  void stop() {
    process.ifPresent(ServicesProcess::close);
    http.close();
  }

  private void start(String... flags) {
    process =
        Optional.of(
            ServicesProcess.start(
                ServicesOptions.parse(
                    Stream.concat(
                            Stream.of(
                                "--master=127.0.0.1:1", "--http_port=0", "--hostname=127.0.0.1"),
                            Stream.of(flags))
                        .toList()),
                new MemoryStore(),
                InstantSource.system(),
                new SplittableRandom(3),
                failure -> assertThat(failure).isNull()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + process.orElseThrow().port() + path));
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    return http.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return http.send(
        request(path).POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.parse(response.body().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void infoHasEverythingWithTheRightTypes() throws Exception {
    start(
        "--enable_features=secrets,vips",
        "--access_control_allow_origin=https://a.example",
        "--webui_url=http://ui.example",
        "--mesos_leader_ui_url=/mesos",
        "--disable_ha");

    HttpResponse<String> answer = get("/v2/info");
    JsonNode info = json(answer);

    assertThat(answer.headers().firstValue("X-Marathon-Leader")).isPresent();
    assertThat(info.path("name").textValue()).isEqualTo("marathon");
    assertThat(info.path("elected").booleanValue()).isTrue();
    assertThat(info.path("leader").textValue())
        .isEqualTo("127.0.0.1:" + process.orElseThrow().port());
    JsonNode config = info.path("marathon_config");
    assertThat(config.path("checkpoint").isBoolean()).isTrue();
    assertThat(config.path("ha").booleanValue()).isFalse();
    assertThat(config.path("ha").isBoolean()).isTrue();
    assertThat(config.path("failover_timeout").intValue()).isEqualTo(604_800);
    assertThat(config.path("launch_token").intValue()).isEqualTo(100);
    assertThat(config.path("leader_proxy_connection_timeout_ms").intValue()).isEqualTo(5000);
    assertThat(config.path("features").toString()).isEqualTo("[\"vips\",\"secrets\"]");
    assertThat(config.path("access_control_allow_origin").toString())
        .isEqualTo("[\"https://a.example\"]");
    assertThat(config.path("webui_url").textValue()).isEqualTo("http://ui.example");
    assertThat(config.path("mesos_leader_ui_url").textValue()).isEqualTo("/mesos");
    assertThat(config.has("default_network_name")).as("unset is left out").isFalse();
    assertThat(info.path("zookeeper_config").path("zk_max_versions").intValue()).isEqualTo(50);
    assertThat(info.path("zookeeper_config").path("zk_compression").booleanValue()).isTrue();
    assertThat(info.path("http_config").path("http_port").intValue())
        .isEqualTo(process.orElseThrow().port());
    assertThat(info.path("http_config").path("https_port").intValue()).isEqualTo(8443);
    assertThat(json(get("/config")).path("local_port_min").intValue()).isEqualTo(10_000);
  }

  @Test
  void metricsForPrometheusAreThereIfAskedFor() throws Exception {
    start("--metrics_prometheus");

    HttpResponse<String> text = get("/metrics/prometheus");

    assertThat(text.statusCode()).isEqualTo(200);
    assertThat(text.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(text.body())
        .contains("# TYPE marathon_apps_active_gauge gauge\nmarathon_apps_active_gauge 0.0\n");
  }

  @Test
  void appsBeyondTheLimitAreForbidden() throws Exception {
    start("--max_apps=1");
    assertThat(post("/v2/apps", "{'id':'/one','cmd':'x','instances':0}").statusCode())
        .isEqualTo(201);

    HttpResponse<String> refused = post("/v2/apps", "{'id':'/two','cmd':'x','instances':0}");

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("may be 1 apps and pods", "--max_apps");
  }

  @Test
  void whatIsGoneSaysSo() throws Exception {
    start();

    assertThat(get("/metrics/prometheus").statusCode()).isEqualTo(404);
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
    assertThat(get("/").statusCode()).isEqualTo(302);
    assertThat(get("/").headers().firstValue("Location")).contains("/ui/");
    for (String path : List.of("/ui/", "/public/x", "/v2/artifacts/a", "/v2/schemas/app")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
      assertThat(get(path).body()).as(path).startsWith("{\"message\":");
    }
    assertThat(get("/v2/eventSubscriptions").body()).contains("GET /v2/events");
    assertThat(get("/v2/plugins").body()).isEqualTo("{\"plugins\":[]}");
    assertThat(get("/v2/plugins/x/y").statusCode()).isEqualTo(404);
    assertThat(get("/help").statusCode()).isEqualTo(200);
    assertThat(post("/v2/info", "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void levelOfALoggerCanBeChanged() throws Exception {
    start();

    HttpResponse<String> set =
        post("/logging", "{'logger':'io.mesocosm.test.some','level':'debug','durationSeconds':60}");

    assertThat(set.body())
        .isEqualTo(
            "{\"logger\":\"io.mesocosm.test.some\",\"level\":\"DEBUG\",\"durationSeconds\":60}");
    assertThat(json(get("/logging")).path("io.mesocosm.test.some").textValue()).isEqualTo("DEBUG");
    assertThat(json(get("/logging")).path("ROOT").isTextual()).isTrue();
    assertThat(post("/logging", "{'logger':'a','level':'loud'}").statusCode()).isEqualTo(400);
    assertThat(post("/logging", "{'level':'info'}").statusCode()).isEqualTo(400);
    assertThat(post("/logging", "{'logger':'a','level':'info','durationSeconds':-1}").statusCode())
        .isEqualTo(400);
    assertThat(post("/logging", "nonsense").statusCode()).isEqualTo(400);
  }

  @Test
  void pagesOfTheOriginsGivenMayUseTheApi() throws Exception {
    start("--access_control_allow_origin=https://a.example", "--http_credentials=u:p");

    HttpResponse<String> allowed = get("/ping", "Origin", "https://a.example");
    HttpResponse<String> stranger = get("/ping", "Origin", "https://b.example");
    HttpResponse<String> preflight =
        http.send(
            request("/v2/apps")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("Origin", "https://a.example", "Access-Control-Request-Method", "PUT")
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://a.example");
    assertThat(stranger.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(preflight.statusCode()).as("browsers ask without credentials").isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods").orElseThrow())
        .contains("PUT");
  }

  @Test
  void answersAreCompressedUnlessThatIsOff() throws Exception {
    start();
    assertThat(get("/config", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
        .contains("gzip");
    process.orElseThrow().close();

    start("--disable_http_compression");
    HttpResponse<String> plain = get("/config", "Accept-Encoding", "gzip");
    assertThat(plain.headers().firstValue("Content-Encoding")).contains("identity");
    assertThat(json(plain).path("http_compression").booleanValue()).isFalse();
  }

  @Test
  void realmIsThatOfTheFlag() throws Exception {
    start("--http_credentials=u:p", "--http_realm=ours");

    assertThat(get("/v2/info").headers().firstValue("WWW-Authenticate"))
        .contains("Basic realm=\"ours\"");
  }

  @Test
  void requestsBeyondTheLimitAreRefused() throws Exception {
    start("--http_max_concurrent_requests=1");
    int port = process.orElseThrow().port();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    boolean refused = false;
    while (!refused) {
      // It is refused itself if it comes while another request has the only place: then once more.
      try (Socket slow = new Socket("127.0.0.1", port)) {
        OutputStream out = slow.getOutputStream();
        out.write(
            "POST /v2/apps HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        for (int i = 0; i < 50 && !refused; i++) {
          refused = get("/ping").statusCode() == 503;
        }
      }
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  @Test
  void keystoreIsServedOnAPortOfItsOwn(@TempDir Path folder) throws Exception {
    Path store = keystore(folder, "-ext san=ip:127.0.0.1");

    start(
        "--ssl_keystore_path=" + store,
        "--ssl_keystore_password=changeit",
        "--https_port=0",
        "--disable_http");

    try (HttpClient client =
        HttpClient.newBuilder().sslContext(Tls.clientContext(certificate(folder))).build()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("https://127.0.0.1:" + process.orElseThrow().port() + "/ping"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("pong");
      assertThat(answer.headers().firstValue("X-Marathon-Leader").orElseThrow())
          .startsWith("https://");
    }
    assertThatThrownBy(
            () -> start("--ssl_keystore_path=" + store, "--ssl_keystore_password=wrongwrong"))
        .hasMessageContaining("--ssl_keystore_path=" + store)
        .hasMessageNotContaining("wrongwrong");
  }

  @Test
  void certificateForAnotherHostIsBelievedOnlyIfThatIsAskedFor(@TempDir Path folder)
      throws Exception {
    start(
        "--ssl_keystore_path=" + keystore(folder, ""),
        "--ssl_keystore_password=changeit",
        "--https_port=0",
        "--disable_http");
    HttpRequest ping =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + process.orElseThrow().port() + "/ping"))
            .build();

    try (HttpClient strict =
            HttpClient.newBuilder().sslContext(Tls.clientContext(certificate(folder))).build();
        HttpClient lenient =
            HttpClient.newBuilder()
                .sslContext(AnyHostname.context(Optional.of(certificate(folder))))
                .build();
        HttpClient stranger =
            HttpClient.newBuilder().sslContext(AnyHostname.context(Optional.empty())).build()) {
      assertThatThrownBy(() -> strict.send(ping, HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(SSLException.class);
      assertThatThrownBy(() -> stranger.send(ping, HttpResponse.BodyHandlers.discarding()))
          .as("signed by nobody that is known")
          .isInstanceOf(SSLException.class);
      assertThat(lenient.send(ping, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isPositive();
    }
  }

  private static Path keystore(Path folder, String more) throws Exception {
    Path store = folder.resolve("store.p12");
    keytool(
        "-genkeypair -alias own -keyalg EC -dname CN=elsewhere.example -storetype PKCS12"
            + " -storepass changeit -keystore "
            + store
            + " "
            + more);
    return store;
  }

  private static Path certificate(Path folder) throws Exception {
    Path file = folder.resolve("own.pem");
    keytool(
        "-exportcert -rfc -alias own -storepass changeit -keystore "
            + folder.resolve("store.p12")
            + " -file "
            + file);
    assertThat(Files.exists(file)).isTrue();
    return file;
  }

  private static void keytool(String arguments) throws Exception {
    String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process run =
        new ProcessBuilder((tool + " " + arguments.strip()).split(" "))
            .redirectErrorStream(true)
            .start();
    byte[] output = run.getInputStream().readAllBytes();
    assertThat(run.waitFor()).as(new String(output, StandardCharsets.UTF_8)).isZero();
  }
}

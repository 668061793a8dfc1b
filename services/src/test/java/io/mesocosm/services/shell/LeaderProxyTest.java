package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.security.ClientAccess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes to the leader and what comes back (contracts/marathon-api.md A2, E4). */
@Timeout(30)
class LeaderProxyTest {
  private final BlockingQueue<Request> arrived = new LinkedBlockingQueue<>();
  private final HttpServer leader =
      HttpServer.start(
          HttpServerOptions.of("leader", "127.0.0.1", 0),
          request -> {
            arrived.add(request);
            return Response.json(418, "{\"body\":\"" + "x".repeat(3000) + "\"}")
                .withHeader("X-Marathon-Leader", "http://leader:1")
                .withHeader("Marathon-Deployment-Id", "d-1");
          });
  private final URI address = URI.create("http://127.0.0.1:" + leader.port());
  private final LeaderProxy proxy = proxy(Duration.ofSeconds(10), Duration.ofSeconds(10));

  private static LeaderProxy proxy(Duration connectMax, Duration readMax) {
    return new LeaderProxy("me:8080", ClientAccess.ANONYMOUS, connectMax, readMax, 2);
  }

  @AfterEach
  void stop() {
    proxy.close();
    leader.close();
  }

  private static Request request(
      String method, String path, Map<String, List<String>> query, String... headers) {
    SortedMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return new Request(
        method,
        path,
        query,
        all,
        Map.of(),
        method.equals("GET") ? new byte[0] : "the body ü".getBytes(StandardCharsets.UTF_8),
        new InetSocketAddress("10.1.2.3", 999));
  }

  private Request arrived() throws InterruptedException {
    Request request = arrived.poll(10, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  @Test
  void requestGoesOnAsItIs() throws Exception {
    Map<String, List<String>> query = new LinkedHashMap<>();
    query.put("force", List.of("true"));
    query.put("label", List.of("a==b,c in (ü&x)", "d"));
    proxy.forward(
        request(
            "PUT",
            "/v2/apps//my app/ü%+;x",
            query,
            "Authorization",
            "Basic YTpi",
            "Content-Type",
            "application/json",
            "Connection",
            "keep-alive, X-Secret-Hop",
            "X-Secret-Hop",
            "1",
            "TE",
            "trailers"),
        address);

    Request got = arrived();
    assertThat(got.method()).isEqualTo("PUT");
    assertThat(got.path()).isEqualTo("/v2/apps//my app/ü%+;x");
    assertThat(got.query()).isEqualTo(query);
    assertThat(new String(got.body(), StandardCharsets.UTF_8)).isEqualTo("the body ü");
    assertThat(got.header("Authorization")).contains("Basic YTpi");
    assertThat(got.header("Content-Type")).contains("application/json");
    assertThat(got.header("Host")).contains("127.0.0.1:" + leader.port());
    assertThat(got.header("X-Marathon-Via")).contains("1.1 me:8080");
    assertThat(got.header("X-Forwarded-For")).contains("10.1.2.3");
    assertThat(got.headers()).doesNotContainKeys("X-Secret-Hop", "TE");
  }

  @Test
  void whoPassedItOnBeforeIsNamedToo() throws Exception {
    proxy.forward(
        request(
            "GET", "/ping", Map.of(), "X-Marathon-Via", "1.1 him:1", "X-Forwarded-For", "1.2.3.4"),
        address);

    Request got = arrived();
    assertThat(got.header("X-Marathon-Via")).contains("1.1 him:1, 1.1 me:8080");
    assertThat(got.header("X-Forwarded-For")).contains("1.2.3.4, 10.1.2.3");
  }

  @Test
  void answerComesBackAsItIs() throws Exception {
    Response answer =
        proxy.forward(request("GET", "/v2/apps", Map.of(), "Accept-Encoding", "gzip"), address);

    assertThat(answer.status()).isEqualTo(418);
    SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(answer.headers());
    assertThat(headers)
        .containsEntry("X-Marathon-Leader", "http://leader:1")
        .containsEntry("Marathon-Deployment-Id", "d-1")
        .containsEntry("Content-Encoding", "gzip")
        .doesNotContainKeys("Content-Length", "Transfer-Encoding", "Connection", "Date");
  }

  @Test
  void requestForWhichThereIsNoRoomIsRefusedWhenItHasWaited() throws Exception {
    Duration patience = Duration.ofMillis(100);
    try (LeaderProxy full =
        new LeaderProxy("me:8080", ClientAccess.ANONYMOUS, patience, patience, 0)) {
      Response.Whole answer =
          (Response.Whole) full.forward(request("GET", "/ping", Map.of()), address);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("--leader_proxy_max_open_connections");
      assertThat(arrived).isEmpty();
    }
  }

  @Test
  void loopIsEndedByTheFirstToSeeItsOwnName() throws Exception {
    Response answer =
        proxy.forward(
            request("GET", "/ping", Map.of(), "X-Marathon-Via", "1.1 me:8080, 1.1 him:1"), address);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(arrived).isEmpty();
  }

  @Test
  void leaderThatIsNotThereIsABadGateway() throws Exception {
    leader.close();

    assertThat(proxy.forward(request("GET", "/ping", Map.of()), address).status()).isEqualTo(502);
  }

  @Test
  void leaderThatDoesNotAnswerIsATimeOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        LeaderProxy hasty = proxy(Duration.ofMillis(300), Duration.ofMillis(300))) {
      URI there = URI.create("http://127.0.0.1:" + silent.getLocalPort());

      assertThat(hasty.forward(request("GET", "/ping", Map.of()), there).status()).isEqualTo(504);
    }
  }

  @Test
  void streamsAreRedirectedAndNotPassedOn() throws Exception {
    Response answer =
        proxy.forward(request("GET", "/v2/events", Map.of("event_type", List.of("a b"))), address);

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.headers()).containsEntry("Location", address + "/v2/events?event_type=a+b");
    assertThat(arrived).isEmpty();
  }
}

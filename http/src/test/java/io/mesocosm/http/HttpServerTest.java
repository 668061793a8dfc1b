package io.mesocosm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<HttpServer> servers = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    servers.forEach(HttpServer::close);
    client.close();
  }

  @Test
  void handlerSeesTheWholeRequest() throws Exception {
    BlockingQueue<Request> seen = new LinkedBlockingQueue<>();
    int port =
        start(request -> {
          seen.add(request);
          return Response.json(201, "{\"a\":1}");
        });

    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(uri(port, "/v2/apps//a%20b%2Fc?x=1&x=%C3%A4&flag"))
                .header("Mesos-Stream-Id", "s1")
                .POST(BodyPublishers.ofString("hello"))
                .build(),
            BodyHandlers.ofString());

    Request request = seen.take();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/v2/apps//a b/c");
    assertThat(request.query()).containsEntry("x", List.of("1", "ä")).containsKey("flag");
    assertThat(request.header("mesos-stream-id")).contains("s1");
    assertThat(request.body()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(request.remote().getAddress().isLoopbackAddress()).isTrue();
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("{\"a\":1}");
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
  }

  @Test
  void headIsGetWithoutBody() throws Exception {
    int port = start(request -> Response.text(200, "said to " + request.method()));

    HttpResponse<String> response =
        client.send(HttpRequest.newBuilder(uri(port, "/")).HEAD().build(), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(11);
  }

  @Test
  void longReplyIsCompressedForThoseWhoLikeThat() throws Exception {
    String text = "abc ".repeat(1000);
    int port = start(_ -> Response.text(200, text));

    HttpResponse<byte[]> compressed = get(port, "Accept-Encoding", "br, gzip;q=0.5");
    HttpResponse<byte[]> refused = get(port, "Accept-Encoding", "gzip;q=0, *");
    HttpResponse<byte[]> plain = get(port, "Accept", "*/*");

    assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(compressed.body().length).isLessThan(200);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(text);
    assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(plain.body()).asString(StandardCharsets.UTF_8).isEqualTo(text);
  }

  @Test
  void shortReplyIsNotCompressed() throws Exception {
    int port = start(_ -> Response.text(200, "a".repeat(1024)));

    HttpResponse<byte[]> response = get(port, "Accept-Encoding", "gzip");

    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(response.body()).hasSize(1024);
  }

  @Test
  void bodyOverTheLimitIs413() throws Exception {
    int port = start(options().withBodyBytesMax(10), _ -> Response.empty(200));

    assertThat(post(port, BodyPublishers.ofString("0123456789")).statusCode()).isEqualTo(200);
    HttpResponse<String> tooLong = post(port, BodyPublishers.ofString("0123456789a"));
    assertThat(tooLong.statusCode()).isEqualTo(413);
    assertThat(tooLong.body()).isEqualTo("the body is larger than 10 bytes: send less at once");
  }

  @Test
  void chunkedBodyOverTheLimitIs413Too() throws Exception {
    int port = start(options().withBodyBytesMax(1000), _ -> Response.empty(200));

    HttpResponse<String> response =
        post(
            port,
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[3_000_000])));

    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void malformedRequestsAre400() throws Exception {
    int port = start(request -> Response.text(200, request.path()));

    for (String target : List.of("/%zz", "/%c3%28", "/a?x=%zz", "/a/%2e%2e/b", "/../etc")) {
      try (RawConnection raw = new RawConnection(port)) {
        raw.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(raw.readAll()).as(target).startsWith("HTTP/1.1 400 ");
      }
    }
    try (RawConnection raw = new RawConnection(port)) {
      raw.send("NONSENSE\r\n\r\n");
      assertThat(raw.readAll()).startsWith("HTTP/1.1 400 ").doesNotContain("<html>");
    }
    try (RawConnection raw = new RawConnection(port)) {
      raw.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
      assertThat(raw.readAll()).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void headOverTheLimitIs431() throws Exception {
    int port = start(_ -> Response.empty(200));

    HttpResponse<byte[]> response = get(port, "Long", "x".repeat(70_000));

    assertThat(response.statusCode()).isEqualTo(431);
  }

  @Test
  void httpExceptionSaysItsOwnAnswer() throws Exception {
    int port =
        start(_ -> {
          throw HttpException.text(409, "locked");
        });

    HttpResponse<byte[]> response = get(port, "Accept", "*/*");

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).asString(StandardCharsets.UTF_8).isEqualTo("locked");
  }

  @Test
  void otherExceptionsAre500InTheWordsOfTheRole() throws Exception {
    HttpServer server =
        HttpServer.start(
            options(),
            _ -> {
              throw new IllegalStateException("boom");
            },
            (status, message) -> Response.json(status, "{\"message\":\"" + message + "\"}"));
    servers.add(server);

    HttpResponse<byte[]> response = get(server.port(), "Accept", "*/*");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).asString(StandardCharsets.UTF_8).contains("boom");
  }

  @Test
  void tooManyRequestsAtOnceAre503AndRoomComesBack() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    int port =
        start(
            new HttpServerOptions(
                "test", "127.0.0.1", 0, 1000, 1000, 1000, Duration.ofSeconds(10), 1),
            _ -> {
              entered.countDown();
              leave.await();
              return Response.empty(200);
            });

    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(HttpRequest.newBuilder(uri(port, "/")).build(), BodyHandlers.ofString());
    entered.await();
    int second = get(port, "Accept", "*/*").statusCode();
    leave.countDown();

    assertThat(second).isEqualTo(503);
    assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void senderThatStopsInTheMiddleIs408AndHoldsNobodyUp() throws Exception {
    int port =
        start(
            new HttpServerOptions(
                "test", "127.0.0.1", 0, 1000, 1000, 1000, Duration.ofMillis(300), 10),
            _ -> Response.empty(200));

    try (RawConnection slow = new RawConnection(port)) {
      slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(get(port, "Accept", "*/*").statusCode()).isEqualTo(200);
      assertThat(slow.readAll()).startsWith("HTTP/1.1 408 ");
    }
  }

  @Test
  void takenPortIsOneClearMessage() throws Exception {
    int port = start(_ -> Response.empty(200));

    assertThatThrownBy(() ->
            HttpServer.start(
                HttpServerOptions.of("other", "127.0.0.1", port), _ -> Response.empty(200)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "port "
                + port
                + " on 127.0.0.1 is taken: stop what listens there, or give another port");
  }

  @Test
  void foreignAddressIsOneClearMessage() {
    assertThatThrownBy(() ->
            HttpServer.start(
                HttpServerOptions.of("other", "192.0.2.1", 0), _ -> Response.empty(200)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("192.0.2.1 is no address of this machine: give one that is");
  }

  @Test
  void closeLetsRequestsUnderWayEnd() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    HttpServer server =
        HttpServer.start(
            options(),
            _ -> {
              entered.countDown();
              leave.await();
              return Response.text(200, "done");
            });
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            HttpRequest.newBuilder(uri(server.port(), "/")).build(), BodyHandlers.ofString());
    entered.await();

    Thread closer = Thread.ofVirtual().start(server::close);
    leave.countDown();
    closer.join();

    assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("done");
  }

  @Test
  void handlersRunOnVirtualThreads() throws Exception {
    int port = start(_ -> Response.text(200, "" + Thread.currentThread().isVirtual()));

    assertThat(get(port, "Accept", "*/*").body())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("true");
  }

  private static HttpServerOptions options() {
    return HttpServerOptions.of("test", "127.0.0.1", 0);
  }

  private int start(Handler handler) {
    return start(options(), handler);
  }

  private int start(HttpServerOptions options, Handler handler) {
    HttpServer server = HttpServer.start(options, handler);
    servers.add(server);
    return server.port();
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<byte[]> get(int port, String header, String value) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(port, "/")).header(header, value).build(),
        BodyHandlers.ofByteArray());
  }

  private HttpResponse<String> post(int port, HttpRequest.BodyPublisher body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(port, "/")).POST(body).build(), BodyHandlers.ofString());
  }
}

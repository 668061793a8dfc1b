package io.mesocosm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.protocol.RecordIo;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RecordStreamTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<StreamSink> sinks = new LinkedBlockingQueue<>();
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final HttpServer leader =
      HttpServer.start(
          HttpServerOptions.of("leader", "127.0.0.1", 0),
          new Router()
              .filter((request, next) -> {
                requests.add(request);
                return next.handle(request);
              })
              .route(
                  "POST",
                  "/stream",
                  _ -> new Response.Stream(200, Map.of("Mesos-Stream-Id", "s1"), sinks::add))
              .route("POST", "/refused", _ -> Response.text(400, "no such framework"))
              .route("POST", "/loop", _ -> Response.empty(307).withHeader("Location", "/loop")));

  @AfterEach
  void stop() {
    leader.close();
    client.close();
  }

  @Test
  void recordsComeAsTheyAreSentAndThenTheEnd() throws Exception {
    try (RecordStream stream = open(leader, "/stream")) {
      StreamSink sink = sinks.take();
      sink.send(RecordIo.frame(bytes("one")));

      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.header("mesos-stream-id")).contains("s1");
      assertThat(stream.next()).hasValue(bytes("one"));
      sink.send(RecordIo.frame(bytes("two")));
      assertThat(stream.next()).hasValue(bytes("two"));
      sink.close();
      assertThat(stream.next()).isEmpty();
    }
    Request request = requests.take();
    assertThat(request.header("content-type")).contains("application/x-protobuf");
    assertThat(request.header("accept")).contains("application/json");
    assertThat(request.header("x")).contains("y");
    assertThat(request.body()).isEqualTo(bytes("subscribe"));
  }

  @Test
  void answerThatIsNoStreamSaysWhy() throws Exception {
    try (RecordStream stream = open(leader, "/refused")) {
      assertThat(stream.status()).isEqualTo(400);
      assertThat(stream.text()).isEqualTo("no such framework");
    }
  }

  @Test
  void redirectWithoutSchemeIsFollowedWithTheBody() throws Exception {
    try (HttpServer standby = standby();
        RecordStream stream = open(standby, "/stream")) {
      sinks.take().send(RecordIo.frame(bytes("from the leader")));

      assertThat(stream.next()).hasValue(bytes("from the leader"));
      assertThat(stream.uri().getPort()).isEqualTo(leader.port());
      Request request = requests.take();
      assertThat(request.body()).isEqualTo(bytes("subscribe"));
      assertThat(request.header("x")).contains("y");
    }
  }

  @Test
  void endlessRedirectsAreGivenUp() throws Exception {
    try (RecordStream stream = open(leader, "/loop")) {
      assertThat(stream.status()).isEqualTo(307);
      assertThat(requests).hasSize(6);
    }
  }

  @Test
  void closeWakesTheReaderAndTheServerSeesIt() throws Exception {
    RecordStream stream = open(leader, "/stream");
    CompletableFuture<Void> serverSawTheEnd = new CompletableFuture<>();
    sinks.take().onClosed(() -> serverSawTheEnd.complete(null));
    CompletableFuture<String> reader = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            reader.complete(stream.next().isEmpty() ? "end" : "record");
          } catch (IOException e) {
            reader.complete("broken");
          }
        });

    stream.close();

    assertThat(reader.get(5, TimeUnit.SECONDS)).isIn("end", "broken");
    serverSawTheEnd.get(5, TimeUnit.SECONDS);
  }

  @Test
  void serverThatIsNotThereIsNamed() throws Exception {
    int port;
    try (ServerSocket nobody = new ServerSocket(0)) {
      port = nobody.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port + "/stream");

    assertThatThrownBy(() -> open(uri, Duration.ofSeconds(10)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot connect to http://127.0.0.1:" + port + ": ");
  }

  @Test
  void serverThatDoesNotAnswerIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      URI uri = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/stream");

      assertThatThrownBy(() -> open(uri, Duration.ofMillis(200)))
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith("in 200 ms");
    }
  }

  @Test
  void targetsOfRedirectsAreTakenApart() {
    URI here = URI.create("http://a:5050/api/v1");

    assertThat(Redirects.target(here, 307, Optional.of("//b:5051/api/v1")))
        .hasValue(URI.create("http://b:5051/api/v1"));
    assertThat(Redirects.target(here, 308, Optional.of("/else")))
        .hasValue(URI.create("http://a:5050/else"));
    assertThat(Redirects.target(here, 307, Optional.of("https://b/x")))
        .hasValue(URI.create("https://b/x"));
    assertThat(Redirects.target(here, 307, Optional.of("mailto:me"))).isEmpty();
    assertThat(Redirects.target(here, 307, Optional.of("not a uri"))).isEmpty();
    assertThat(Redirects.target(here, 307, Optional.empty())).isEmpty();
    assertThat(Redirects.target(here, 200, Optional.of("//b/"))).isEmpty();
  }

  private HttpServer standby() {
    return HttpServer.start(
        HttpServerOptions.of("standby", "127.0.0.1", 0),
        request ->
            Response.empty(307)
                .withHeader("Location", "//127.0.0.1:" + leader.port() + request.path()));
  }

  private RecordStream open(HttpServer server, String path) throws Exception {
    return open(URI.create("http://127.0.0.1:" + server.port() + path), Duration.ofSeconds(10));
  }

  private RecordStream open(URI uri, Duration timeout) throws Exception {
    return RecordStream.open(
        client,
        uri,
        "application/x-protobuf",
        "application/json",
        bytes("subscribe"),
        Map.of("x", "y"),
        timeout);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

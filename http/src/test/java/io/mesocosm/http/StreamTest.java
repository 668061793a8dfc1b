package io.mesocosm.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamTest {
  private static final String GET = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";

  private final BlockingQueue<StreamSink> sinks = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
  private final HttpServer server =
      HttpServer.start(
          new HttpServerOptions(
              "test", "127.0.0.1", 0, 1000, 8192, 100_000, Duration.ofMillis(300), 8),
          _ ->
              new Response.Stream(
                  200,
                  Map.of("Content-Type", "application/json"),
                  sink -> {
                    sink.onClosed(() -> ended.add("ended"));
                    sinks.add(sink);
                  }));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void headComesBeforeAnythingIsSent() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);

      assertThat(client.readUntil("\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ")
          .contains("Transfer-Encoding: chunked", "Content-Type: application/json");
      assertThat(ended).isEmpty();
    }
  }

  @Test
  void whatIsSentComesInOrderAndThenTheEnd() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);
      StreamSink sink = sinks.take();
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        sent.add("<" + i + ">");
        assertThat(sink.send(bytes(sent.getLast()))).isTrue();
      }
      sink.close();
      sink.close();

      assertThat(dechunked(client.readAll())).isEqualTo(String.join("", sent));
      assertThat(ended.take()).isEqualTo("ended");
      assertThat(sink.send(bytes("late"))).isFalse();
    }
  }

  @Test
  void sendersOfSeveralThreadsDoNotMixTheirPieces() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);
      StreamSink sink = sinks.take();
      List<Thread> senders = new ArrayList<>();
      for (int s = 0; s < 4; s++) {
        String piece = "<" + Character.toString('a' + s).repeat(5) + ">";
        senders.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < 1000; i++) {
                    sink.send(bytes(piece));
                  }
                }));
      }
      for (Thread sender : senders) {
        sender.join();
      }
      sink.close();

      String all = dechunked(client.readAll());
      assertThat(all).hasSize(4 * 1000 * 7);
      assertThat(all.replaceAll("<(a{5}|b{5}|c{5}|d{5})>", "")).isEmpty();
    }
  }

  @Test
  void vanishedClientIsSeenAtOnceWithoutAnythingSent() throws Exception {
    StreamSink sink;
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET).readUntil("\r\n\r\n");
      sink = sinks.take();
    }

    assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("ended");
    assertThat(sink.send(bytes("x"))).isFalse();
  }

  @Test
  void strayBytesOfTheClientDoNotEndTheStream() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET).readUntil("\r\n\r\n");
      StreamSink sink = sinks.take();
      client.send("\r\n");
      sink.send(bytes("still here"));

      assertThat(client.readUntil("still here")).contains("still here");
      assertThat(ended).isEmpty();
    }
    assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("ended");
  }

  @Test
  void clientThatDoesNotReadLosesItsStream() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);
      StreamSink sink = sinks.take();
      byte[] piece = new byte[50_000];

      int pieces = 0;
      while (sink.send(piece)) {
        assertThat(++pieces).as("pieces of 50 kB that were taken").isLessThan(10_000);
      }

      assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("ended");
    }
  }

  @Test
  void pieceOverTheBacklogEndsTheStream() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);

      assertThat(sinks.take().send(new byte[100_001])).isFalse();
      assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("ended");
    }
  }

  @Test
  void idleStreamOutlivesTheIdleTimeout() throws Exception {
    try (RawConnection stream = new RawConnection(server.port());
        RawConnection idle = new RawConnection(server.port())) {
      stream.send(GET).readUntil("\r\n\r\n");
      StreamSink sink = sinks.take();
      // Idle for as long: when the server gives it up, the stream would have been given up too.
      for (int i = 0; i < 3; i++) {
        try (RawConnection other = new RawConnection(server.port())) {
          assertThat(other.readAll()).isEmpty();
        }
      }
      assertThat(idle.readAll()).isEmpty();

      assertThat(sink.send(bytes("awake"))).isTrue();
      assertThat(stream.readUntil("awake")).contains("awake");
    }
  }

  @Test
  void openStreamsDoNotTakeTheRoomOfRequests() throws Exception {
    List<RawConnection> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      RawConnection client = new RawConnection(server.port());
      clients.add(client);
      assertThat(client.send(GET).readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
      sinks.take(); // its handler is through, or nearly so: the room is for eight
    }
    clients.forEach(RawConnection::close);
    for (int i = 0; i < 30; i++) {
      assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("ended");
    }
  }

  @Test
  void closedServerEndsItsStreamsInGoodOrder() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);
      sinks.take().send(bytes("last words"));

      server.close();

      assertThat(client.readAll()).contains("last words").endsWith("0\r\n\r\n");
      assertThat(ended.take()).isEqualTo("ended");
    }
  }

  @Test
  void closedServerEndsStreamsOfClientsThatDoNotRead() throws Exception {
    HttpServer patient = patientServer();
    try (RawConnection client = new RawConnection(patient.port())) {
      client.send(GET);
      StreamSink sink = sinks.take();
      for (int i = 0; i < 20; i++) {
        sink.send(new byte[1 << 20]);
      }
      assertThat(ended).isEmpty();

      patient.close();

      assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("ended");
    } finally {
      patient.close();
    }
  }

  @Test
  void actionAddedAfterTheEndRunsAtOnceAndEachRunsOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(GET);
      StreamSink sink = sinks.take();
      CountDownLatch first = new CountDownLatch(1);
      sink.onClosed(() -> {
        runs.incrementAndGet();
        first.countDown();
      });
      sink.close();
      client.readAll();
      first.await();

      sink.onClosed(runs::incrementAndGet);
      sink.close();
      sink.send(bytes("late"));

      assertThat(runs).hasValue(2);
    }
    server.close();
    assertThat(runs).hasValue(2);
    assertThat(ended).hasSize(1);
  }

  @Test
  void headOfAStreamOpensNone() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/events"))
                  .HEAD()
                  .build(),
              BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(sinks).isEmpty();
    }
  }

  private HttpServer patientServer() {
    return HttpServer.start(
        HttpServerOptions.of("patient", "127.0.0.1", 0),
        _ ->
            new Response.Stream(
                200,
                Map.of(),
                sink -> {
                  sink.onClosed(() -> ended.add("ended"));
                  sinks.add(sink);
                }));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String dechunked(String answer) {
    StringBuilder body = new StringBuilder();
    int at = answer.indexOf("\r\n\r\n") + 4;
    while (true) {
      int lineEnd = answer.indexOf("\r\n", at);
      int length = Integer.parseInt(answer.substring(at, lineEnd), 16);
      if (length == 0) {
        return body.toString();
      }
      body.append(answer, lineEnd + 2, lineEnd + 2 + length);
      at = lineEnd + 2 + length + 2;
    }
  }
}

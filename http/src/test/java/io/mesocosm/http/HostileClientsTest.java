package io.mesocosm.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.runtime.Flags;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients do that mean no good, or cannot do better; the server goes on as if nothing was. */
@Timeout(60)
class HostileClientsTest {
  private static final int CLIENTS = 20;

  private final BlockingQueue<StreamSink> streams = new LinkedBlockingQueue<>();
  private final HttpServer server =
      HttpServer.start(
          new HttpServerOptions(
              "hostile-test",
              "127.0.0.1",
              0,
              1 << 20,
              4 << 10,
              1 << 20,
              Duration.ofMillis(500),
              CLIENTS,
              2,
              Optional.empty()),
          new Router()
              .route("GET", "/health", _ -> Response.text(200, "well"))
              .route(
                  "GET",
                  "/stream",
                  _ -> new Response.Stream(200, Map.of(), sink -> streams.add(sink)))
              .route("POST", "/call", HostileClientsTest::call));

  @AfterEach
  void serverIsWellAndClosed() throws Exception {
    // As many at once as may be: had one of those before kept its place, one of these were refused.
    List<RawConnection> all = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      all.add(new RawConnection(server.port()).send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    for (RawConnection each : all) {
      assertThat(each.readUntil("well")).startsWith("HTTP/1.1 200");
      each.close();
    }
    server.close();
  }

  @Test
  void hundredMegabytesAreRefusedWithoutBeingKept() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(post("application/json", 100 << 20));
      String chunk = "x".repeat(64 << 10);
      try {
        for (int sent = 0; sent < 100 << 20; sent += chunk.length()) {
          client.send(chunk);
        }
      } catch (SocketException e) {
        assertThat(e).as("the server has had enough").isNotNull();
        return;
      }
      assertThat(client.readUntil("\r\n")).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void bodyJustOverTheLimitIs413() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(post("application/json", (1 << 20) + 1)).send(" ".repeat((1 << 20) + 1));
      assertThat(client.readUntil("\r\n")).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void manySlowSendersAreToldSoAndHoldNoThread() throws Exception {
    List<RawConnection> slow = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      slow.add(new RawConnection(server.port()).send(post("application/json", 100)).send("{"));
    }
    for (RawConnection each : slow) {
      assertThat(each.readUntil("\r\n")).startsWith("HTTP/1.1 408");
      each.close();
    }
  }

  @Test
  void bodiesThatEndTooEarlyAreForgotten() throws Exception {
    for (int i = 0; i < 2 * CLIENTS; i++) {
      try (RawConnection client = new RawConnection(server.port())) {
        client.send(post("application/x-protobuf", 1000)).send("abc");
      }
    }
  }

  @Test
  void longHeadersAre431() throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send("GET /health HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(8 << 10) + "\r\n\r\n");
      assertThat(client.readUntil("\r\n")).startsWith("HTTP/1.1 431");
    }
  }

  @Test
  void deepJsonIs400() throws Exception {
    String deep = "{\"a\":".repeat(100_000);
    assertThat(answer("application/json", deep)).startsWith("HTTP/1.1 400");
  }

  @Test
  void deepProtobufIs400() throws Exception {
    // Unknown groups in groups: field 99, wire type 3, over and over.
    assertThat(answer("application/x-protobuf", "\u009b\u0006".repeat(100_000)))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void streamsBeyondTheLimitAre503UntilOneEnds() throws Exception {
    try (RawConnection one = new RawConnection(server.port());
        RawConnection two = new RawConnection(server.port());
        RawConnection three = new RawConnection(server.port())) {
      one.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      two.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(one.readUntil("\r\n")).startsWith("HTTP/1.1 200");
      assertThat(two.readUntil("\r\n")).startsWith("HTTP/1.1 200");
      StreamSink first = streams.poll(10, TimeUnit.SECONDS);

      three.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(three.readUntil("later")).startsWith("HTTP/1.1 503").contains("2 open streams");

      assertThat(first).isNotNull();
      java.util.concurrent.CompletableFuture<Void> ended =
          new java.util.concurrent.CompletableFuture<>();
      first.onClosed(() -> ended.complete(null));
      first.close();
      ended.get(10, TimeUnit.SECONDS);
      three.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(three.readUntil("\r\n")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void limitsAreFlags() {
    Flags flags =
        Flags.parse(
            HttpFlags.ALL,
            List.of("--http_body_bytes_max=2048", "--http_open_streams_max=7"),
            Map.of(),
            List.of());

    HttpServerOptions options = HttpFlags.options(flags, "n", "127.0.0.1", 0);

    assertThat(options.bodyBytesMax()).isEqualTo(2048);
    assertThat(options.openStreamsMax()).isEqualTo(7);
    assertThat(options.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
  }

  private String answer(String type, String body) throws Exception {
    try (RawConnection client = new RawConnection(server.port())) {
      client.send(post(type, body.length())).send(body);
      return client.readUntil("\r\n");
    }
  }

  private static String post(String type, int length) {
    return "POST /call HTTP/1.1\r\nHost: x\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static Response call(Request request) {
    try {
      MediaType type = MediaType.of(request.header("Content-Type").orElse("")).orElseThrow();
      type.decode(request.body(), Call.newBuilder());
      return Response.empty(202);
    } catch (InvalidMessageException e) {
      return Response.text(400, String.valueOf(e.getMessage()));
    }
  }
}

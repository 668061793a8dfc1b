package io.mesocosm.services.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.StreamSink;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that does not read for a while, over a real connection (row E5). */
@Timeout(60)
class SlowClientTest {
  private static final String LONG = "x".repeat(100_000);

  private static ServicesEvent sent(String by) {
    return new ServicesEvent.FrameworkMessage(by, "agent-1", LONG);
  }

  private static String next(BufferedReader reader, String type) throws Exception {
    String line = reader.readLine();
    while (!line.startsWith("data: ") || !line.contains(type)) {
      line = reader.readLine();
    }
    return line;
  }

  private static BufferedReader open(Socket socket) throws Exception {
    socket
        .getOutputStream()
        .write("GET /v2/events HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    next(reader, "event_stream_attached");
    return reader;
  }

  @Test
  void itLosesEventsOfItsSlowTimeAndGetsTheLaterOnes() throws Exception {
    try (EventStreams streams =
            new EventStreams(
                new EventWriter(() -> "master-1"),
                new EventStreamLimits(10, 16, 256 << 10, 100, Duration.ofSeconds(10)),
                StreamSink::backlogBytes,
                Attachment.NONE,
                InstantSource.system());
        HttpServer server =
            HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), streams::answer);
        Socket slowSocket = new Socket("127.0.0.1", server.port());
        Socket quickSocket = new Socket("127.0.0.1", server.port())) {
      BufferedReader slow = open(slowSocket);
      BufferedReader quick = open(quickSocket);

      int published = 0;
      while (streams.lost() < 5) {
        streams.publish(sent("early"));
        published++;
        next(quick, "early");
      }

      int seen = 0;
      String line = "";
      while (!line.contains("\"late\"")) {
        // What comes before there is room again is lost, too.
        streams.publish(sent("late"));
        next(quick, "late");
        line = next(slow, "framework_message_event");
        seen++;
      }
      assertThat(seen).isLessThanOrEqualTo(published - 5 + 1);
      assertThat(streams.count()).isEqualTo(2);
    }
  }
}

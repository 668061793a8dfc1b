package io.mesocosm.services.event;

import static io.mesocosm.services.event.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The streams over real connections. */
@Timeout(60)
class EventStreamsTest {
  private static final String ATTACHED = "event_stream_attached";

  private final BlockingQueue<String> attachments = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> opened = new LinkedBlockingQueue<>();
  private final CountDownLatch hold = new CountDownLatch(1);
  private final Attachment attachment =
      new Attachment() {
        @Override
        public void attached(Listener listener) {
          opened.add(listener.id());
          attachments.add("+" + listener.remoteAddress() + listener.query());
          if (listener.query().containsKey("hold")) {
            await(hold);
          }
        }

        @Override
        public void detached(Listener listener) {
          attachments.add("-" + listener.remoteAddress());
        }
      };
  private final EventStreams streams =
      new EventStreams(
          new EventWriter(() -> "master-1"),
          new EventStreamLimits(50, 1024, 1 << 20, 5000, Duration.ofMillis(50)),
          _ -> 0L,
          attachment,
          InstantSource.system());
  private final HttpServer server =
      HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), streams::answer);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void stop() {
    hold.countDown();
    streams.close();
    http.shutdownNow();
    server.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<InputStream> get(String query, String accept)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/events" + query);
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", accept).build();
    return http.send(request, BodyHandlers.ofInputStream());
  }

  private static String text(HttpResponse<InputStream> response) throws IOException {
    return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** The reading end of a stream. */
  private static final class Reader {
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private Reader(HttpResponse<InputStream> response) {
      this.response = response;
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The type of the next event, or the app it tells of. */
    String next() throws IOException {
      String line = lines.readLine();
      while (line != null && line.isEmpty()) {
        line = lines.readLine();
      }
      if (line == null) {
        return "end";
      }
      String data = lines.readLine();
      assertThat(line).startsWith("event: ");
      assertThat(data).startsWith("data: {").endsWith("}");
      assertThat(lines.readLine()).isEmpty();
      int app = data.indexOf("\"appId\":\"/");
      return app < 0
          ? line.substring("event: ".length())
          : data.substring(app + 10, data.indexOf('"', app + 10));
    }

    void end() throws IOException {
      response.body().close();
    }
  }

  private Reader open(String query) throws Exception {
    HttpResponse<InputStream> response = get(query, "text/event-stream");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream;charset=UTF-8");
    assertThat(opened.poll(30, TimeUnit.SECONDS)).isNotNull();
    return new Reader(response);
  }

  @Test
  void streamBeginsWithItselfAndGoesOnWithWhatHappens() throws Exception {
    Reader reader = open("");
    assertThat(reader.next()).isEqualTo(ATTACHED);
    streams.publish(numbered(1));
    streams.publish(numbered(2));
    assertThat(reader.next()).isEqualTo("1");
    assertThat(reader.next()).isEqualTo("2");
  }

  @Test
  void othersHearWhoComesAndGoes() throws Exception {
    Reader one = open("");
    assertThat(one.next()).isEqualTo(ATTACHED);
    Reader two = open("?event_type=deployment_info&router=edge");
    assertThat(one.next()).isEqualTo(ATTACHED);
    two.end();
    assertThat(one.next()).isEqualTo("event_stream_detached");
    assertThat(attachments.take()).isEqualTo("+127.0.0.1{}");
    assertThat(attachments.take()).contains("router=[edge]");
    assertThat(attachments.take()).isEqualTo("-127.0.0.1");
    assertThat(streams.count()).isOne();
  }

  @Test
  void quietStreamGetsBlankLines() throws Exception {
    Reader reader = open("");
    assertThat(reader.next()).isEqualTo(ATTACHED);
    for (int i = 0; i < 3; i++) {
      assertThat(reader.lines.readLine()).isEmpty();
    }
  }

  @Test
  void fiftyClientsSeeTheSameOrder() throws Exception {
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      readers.add(open("?event_type=app_terminated_event"));
    }
    // Publishers of several threads: whatever the order is, it is the same for all.
    List<Thread> publishers = new ArrayList<>();
    for (int p = 0; p < 4; p++) {
      int first = p * 500;
      publishers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 500; i++) {
                  streams.publish(numbered(first + i));
                }
              }));
    }
    for (Thread publisher : publishers) {
      publisher.join();
    }

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      order.add(readers.getFirst().next());
    }
    assertThat(order).doesNotHaveDuplicates();
    for (Reader reader : readers.subList(1, 50)) {
      for (String expected : order) {
        assertThat(reader.next()).isEqualTo(expected);
      }
    }
    assertThat(streams.lost()).isZero();
  }

  @Test
  void clientMustTakeStreams() throws Exception {
    HttpResponse<InputStream> response = get("", "application/json");
    assertThat(response.statusCode()).isEqualTo(406);
    assertThat(text(response)).contains("application/json", "text/event-stream");
    assertThat(get("", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void tooManyStreamsAreRefusedWithTheRemedyUntilOneEnds() throws Exception {
    Reader watcher = open("?event_type=event_stream_detached");
    Reader last = watcher;
    for (int i = 1; i < 50; i++) {
      last = open("?event_type=none");
    }
    HttpResponse<InputStream> refused = get("", "text/event-stream");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(text(refused)).contains("50 event streams", "--event_streams_max");

    last.end();
    assertThat(watcher.next()).isEqualTo("event_stream_detached");
    open("");
  }

  @Test
  void publishingNeverWaitsAndWhatIsTooMuchIsCounted() throws Exception {
    Reader reader = open("?hold=yes");
    assertThat(attachments.take()).contains("hold"); // the streams' thread is held up now
    for (int i = 0; i < 5010; i++) {
      streams.publish(numbered(i));
    }
    assertThat(streams.lost()).isEqualTo(10);

    hold.countDown();
    assertThat(reader.next()).isEqualTo(ATTACHED);
    for (int i = 0; i < 5000; i++) {
      assertThat(reader.next()).isEqualTo(Integer.toString(i));
    }
    streams.publish(numbered(7));
    assertThat(reader.next()).isEqualTo("7");
  }

  @Test
  void closeEndsAllStreamsAndTakesNoMore() throws Exception {
    Reader reader = open("");
    assertThat(reader.next()).isEqualTo(ATTACHED);

    streams.close();
    streams.publish(numbered(1));

    assertThat(reader.next()).isEqualTo("end");
    HttpResponse<InputStream> late = get("", "text/event-stream");
    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(text(late)).contains("does not lead");
  }
}

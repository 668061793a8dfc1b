package io.mesocosm.master.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.RecordStream;
import io.mesocosm.master.shell.MasterOptions;
import io.mesocosm.master.shell.MasterProcess;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.testkit.HostileClient;
import io.mesocosm.testkit.ServerHealth;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no client of good will sends; everybody else must not notice. Damaged calls: see {@link
 * MutatedCallsTest}.
 */
class HostileClientsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MORE_THREADS_MAX = 40;
  private static final long MORE_HEAP_BYTES_MAX = 48 << 20;
  private static final FrameworkInfo.Builder INFO =
      FrameworkInfo.newBuilder().setUser("nobody").setName("hostile").setFailoverTimeout(3600);

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final MasterProcess master =
      MasterProcess.start(
          MasterOptions.parse(
              List.of(
                  "--port=0",
                  "--ip=127.0.0.1",
                  "--http_idle_timeout=2secs",
                  "--http_stream_backlog_bytes_max=65536",
                  // Nobody comes back: what is not known is unknown, and told so at once.
                  "--agent_reregister_timeout=1ms")),
          InstantSource.system(),
          new Random(1),
          crash::complete);

  @AfterEach
  void everythingStillWorksAndStops() throws Exception {
    try {
      assertThat(crash).isNotDone();
      assertThat(get("/state").statusCode()).isEqualTo(200);
    } finally {
      master.close();
      http.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1", "/api/v1/scheduler", "/api/v1/agent-link"})
  void aBodyOfAHundredMegabytesIsRefused(String path) throws Exception {
    ServerHealth before = new ServerHealth();

    hostile().assertHugeBodyIsRefused(path);

    before.assertStillGood(MORE_THREADS_MAX, MORE_HEAP_BYTES_MAX);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1", "/api/v1/scheduler"})
  void deeplyNestedJsonIsRefused(String path) throws Exception {
    String nested = "{\"a\":".repeat(200_000) + "1" + "}".repeat(200_000);

    assertThat(post(path, "application/json", nested.getBytes(UTF_8))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1", "/api/v1/scheduler", "/api/v1/agent-link"})
  void slowSendersKeepNobodyElseWaiting(String path) throws Exception {
    hostile()
        .assertSlowBodiesAreRefused(
            path, () -> assertThat(get("/health").statusCode()).isEqualTo(200));
  }

  @Test
  void aSchedulerThatNeverReadsLosesItsStreamAndNobodyElseDoes() throws Exception {
    String subscribe =
        "{\"type\":\"SUBSCRIBE\",\"framework_id\":{\"value\":\"deaf\"},\"subscribe\":{"
            + "\"framework_info\":{\"id\":{\"value\":\"deaf\"},\"user\":\"nobody\",\"name\":\"deaf\","
            + "\"failover_timeout\":3600}}}";
    try (Socket deaf = hostile().connect(request("/api/v1/scheduler", subscribe));
        Listener other = new Listener(INFO.clone().build())) {
      deaf.setReceiveBufferSize(4096);
      String head = head(deaf.getInputStream());
      String stream = head.replaceAll("(?is).*mesos-stream-id: *([^\\r\\n]+).*", "$1");
      String tasks =
          String.join(
              ",",
              Collections.nCopies(2000, "{\"task_id\":{\"value\":\"" + "t".repeat(200) + "\"}}"));
      byte[] reconcile =
          ("{\"type\":\"RECONCILE\",\"framework_id\":{\"value\":\"deaf\"},\"reconcile\":{\"tasks\":["
                  + tasks
                  + "]}}")
              .getBytes(UTF_8);

      int status = 202;
      for (int i = 0; i < 200 && status == 202; i++) {
        status = post("/api/v1/scheduler", Map.of("Mesos-Stream-Id", stream), reconcile);
      }

      assertThat(status).as("its stream is closed at the limit of what may wait").isEqualTo(403);
      assertThat(other.next().getType()).isEqualTo(Event.Type.SUBSCRIBED);
      assertThat(other.next().getType()).isEqualTo(Event.Type.HEARTBEAT);
    }
  }

  @Test
  void aSchedulerThatReconnectsInALoopDisturbsNobody() throws Exception {
    try (Listener other = new Listener(INFO.clone().build())) {
      assertThat(other.next().getType()).isEqualTo(Event.Type.SUBSCRIBED);
      FrameworkInfo restless =
          INFO.clone().setId(FrameworkID.newBuilder().setValue("restless")).build();
      for (int i = 0; i < 300; i++) {
        try (Listener again = new Listener(restless)) {
          assertThat(again.next().getType()).isEqualTo(Event.Type.SUBSCRIBED);
        }
      }

      assertThat(other.next().getType()).isEqualTo(Event.Type.HEARTBEAT);
      assertThat(get("/state").body()).contains("restless");
    }
  }

  @Test
  void aThousandSubscribeAtOnce() throws Exception {
    List<Future<Listener>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1000; i++) {
        all.add(
            threads.submit(() -> {
              Listener listener = new Listener(INFO.clone().build());
              assertThat(listener.next().getType()).isEqualTo(Event.Type.SUBSCRIBED);
              return listener;
            }));
      }
      for (Future<Listener> listener : all) {
        listener.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
      }
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  private int post(String path, String contentType, byte[] body) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).header("Content-Type", contentType), body);
  }

  private int post(String path, Map<String, String> headers, byte[] body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/json");
    headers.forEach(request::header);
    return send(request, body);
  }

  /** Only the head of the answer counts: some are streams. */
  private int send(HttpRequest.Builder request, byte[] body) throws Exception {
    HttpResponse<InputStream> response =
        http.send(
            request.timeout(PATIENCE).POST(BodyPublishers.ofByteArray(body)).build(),
            BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + master.port() + path);
  }

  private HostileClient hostile() {
    return new HostileClient(master.port(), PATIENCE);
  }

  private static String request(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        + body.getBytes(UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      assertThat(next).as("the answer's head ends").isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  /** A scheduler that only listens. */
  private final class Listener implements AutoCloseable {
    private final RecordStream stream;

    Listener(FrameworkInfo info) throws Exception {
      Call.Builder call =
          Call.newBuilder()
              .setType(Call.Type.SUBSCRIBE)
              .setSubscribe(Call.Subscribe.newBuilder().setFrameworkInfo(info));
      if (info.hasId()) {
        call.setFrameworkId(info.getId());
      }
      stream =
          RecordStream.open(
              http,
              uri("/api/v1/scheduler"),
              MediaType.PROTOBUF.contentType(),
              MediaType.PROTOBUF.contentType(),
              call.build().toByteArray(),
              Map.of(),
              PATIENCE);
    }

    Event next() throws Exception {
      return Event.parseFrom(stream.next().orElseThrow());
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}

package io.mesocosm.agent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.mesocosm.agent.shell.AgentOptions;
import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.agent.shell.Containerizers;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import io.mesocosm.testkit.FilledCalls;
import io.mesocosm.testkit.HostileClient;
import io.mesocosm.testkit.Mutation;
import io.mesocosm.testkit.ServerHealth;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.executor.Protos.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client of good will sends to an agent; everybody else must not notice. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CALLS = 1200;
  private static final int ROUND = 60;
  private static final int MORE_THREADS_MAX = 40;
  private static final long MORE_HEAP_BYTES_MAX = 48 << 20;
  private static final String OPERATORS = "/api/v1";
  private static final String EXECUTORS = "/api/v1/executor";

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private AgentProcess agent;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    agent =
        AgentProcess.start(
            AgentOptions.parse(
                List.of(
                    // Nobody listens there: its own API is served without a master.
                    "--master=127.0.0.1:1",
                    "--ip=127.0.0.1",
                    "--port=0",
                    "--work_dir=" + folder.resolve("work"),
                    "--containerizers=mesos",
                    "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
                    "--no-switch_user",
                    "--http_idle_timeout=2secs")),
            new Containerizers(Optional.empty(), Optional.empty()),
            InstantSource.system(),
            new SplittableRandom(1),
            crash::complete);
  }

  @AfterEach
  void everythingStillWorksAndStops() throws Exception {
    try {
      assertThat(crash).isNotDone();
      assertThat(status(OPERATORS, "application/json", "{\"type\":\"GET_STATE\"}".getBytes(UTF_8)))
          .isEqualTo(200);
      assertThat(
              status(
                  EXECUTORS,
                  "application/json",
                  ("{\"type\":\"SUBSCRIBE\",\"framework_id\":{\"value\":\"f\"},"
                          + "\"executor_id\":{\"value\":\"e\"},\"subscribe\":{}}")
                      .getBytes(UTF_8)))
          .as("the core answers: there is no such executor")
          .isBetween(400, 499);
      assertThat(crash).isNotDone();
    } finally {
      agent.close();
      http.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void mutatedCallsOfOperatorsAreAnswered(long seed) throws Exception {
    everyMutationIsAnswered(
        seed, OPERATORS, org.apache.mesos.v1.agent.Protos.Call.getDefaultInstance());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void mutatedCallsOfExecutorsAreAnswered(long seed) throws Exception {
    everyMutationIsAnswered(seed, EXECUTORS, Call.getDefaultInstance());
  }

  private void everyMutationIsAnswered(long seed, String path, Message prototype) throws Exception {
    Random random = new Random(seed);
    FilledCalls filled =
        new FilledCalls(random, Map.of("FrameworkID", "f", "ExecutorID", "e", "TaskID", "t"));
    // What is not damaged is answered too, and warms up what the heap is compared with later.
    for (Message call : filled.of(prototype)) {
      for (MediaType type : MediaType.values()) {
        assertAnswered(path, type, type.encode(call));
      }
    }
    ServerHealth before = new ServerHealth();
    List<Message> calls = List.of();
    for (int i = 0; i < CALLS; i++) {
      if (i % ROUND == 0) {
        calls = filled.of(prototype);
      }
      MediaType type = MediaType.values()[random.nextInt(MediaType.values().length)];
      byte[] valid = type.encode(calls.get(random.nextInt(calls.size())));
      assertAnswered(path, type, Mutation.any(valid, random));
    }
    before.assertStillGood(MORE_THREADS_MAX, MORE_HEAP_BYTES_MAX);
  }

  private void assertAnswered(String path, MediaType type, byte[] body) throws Exception {
    assertThat(status(path, type.contentType(), body))
        .as("to %s in %s: %s", path, type, HexFormat.of().formatHex(body))
        .satisfiesAnyOf(
            status -> assertThat(status).isBetween(200, 299),
            status -> assertThat(status).isBetween(400, 499),
            status -> assertThat(status).as("a call that no agent supports").isEqualTo(501));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../etc", "a/b", ".", "\u0007"})
  void executorsWhoseIdsAreNoneAreRefusedAndTheAgentLives(String id) throws Exception {
    for (String field : List.of("framework_id", "executor_id")) {
      Call.Builder call =
          Call.newBuilder()
              .setType(Call.Type.SUBSCRIBE)
              .setFrameworkId(FrameworkID.newBuilder().setValue("f"))
              .setExecutorId(ExecutorID.newBuilder().setValue("e"))
              .setSubscribe(Call.Subscribe.getDefaultInstance());
      if (field.equals("framework_id")) {
        call.setFrameworkId(FrameworkID.newBuilder().setValue(id));
      } else {
        call.setExecutorId(ExecutorID.newBuilder().setValue(id));
      }

      assertThat(status(EXECUTORS, "application/x-protobuf", call.build().toByteArray()))
          .as(field)
          .isEqualTo(400);
    }
  }

  @Test
  void recordsWholeOrCutAreNoCalls() throws Exception {
    byte[] record = RecordIo.frame("{\"type\":\"ATTACH_CONTAINER_INPUT\"}".getBytes(UTF_8));
    for (int length = 0; length <= record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);

      assertThat(status(OPERATORS, "application/recordio", cut)).isBetween(400, 499);
      assertThat(status(OPERATORS, "application/json", cut)).isEqualTo(400);
      assertThat(status(EXECUTORS, "application/recordio", cut)).isEqualTo(415);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {OPERATORS, EXECUTORS})
  void aBodyOfAHundredMegabytesIsRefused(String path) throws Exception {
    ServerHealth before = new ServerHealth();

    hostile().assertHugeBodyIsRefused(path);

    before.assertStillGood(MORE_THREADS_MAX, MORE_HEAP_BYTES_MAX);
  }

  @ParameterizedTest
  @ValueSource(strings = {OPERATORS, EXECUTORS})
  void deeplyNestedJsonIsRefused(String path) throws Exception {
    String nested = "{\"a\":".repeat(200_000) + "1" + "}".repeat(200_000);

    assertThat(status(path, "application/json", nested.getBytes(UTF_8))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {OPERATORS, EXECUTORS})
  void slowSendersKeepNobodyElseWaiting(String path) throws Exception {
    hostile()
        .assertSlowBodiesAreRefused(
            path,
            () ->
                assertThat(
                        status(
                            OPERATORS,
                            "application/json",
                            "{\"type\":\"GET_HEALTH\"}".getBytes(UTF_8)))
                    .isEqualTo(200));
  }

  private HostileClient hostile() {
    return new HostileClient(agent.port(), PATIENCE);
  }

  /** Only the head of the answer counts: some are streams. */
  private int status(String path, String contentType, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.port() + path))
            .header("Content-Type", contentType)
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }
}

package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.mesocosm.master.api.MasterFixture.Agent;
import io.mesocosm.master.api.MasterFixture.Scheduler;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.testkit.FilledCalls;
import io.mesocosm.testkit.Mutation;
import io.mesocosm.testkit.ServerHealth;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls of every type of every API of the master, damaged at random, for kept seeds: each gets its
 * answer, no thread dies, no memory is kept, and everybody else is served as before.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MutatedCallsTest {
  private static final int CALLS = 1200;
  private static final int ROUND = 60;
  private static final int MORE_THREADS_MAX = 40;
  private static final long MORE_HEAP_BYTES_MAX = 48 << 20;

  private final MasterFixture fixture = new MasterFixture();
  private Agent agent;
  private Scheduler scheduler;
  private Map<String, String> ids;
  private String agentStream;

  @BeforeEach
  void occupy() throws Exception {
    agent = fixture.agent(4, 1024);
    agentStream = agent.stream().header("Mesos-Stream-Id").orElseThrow();
    String agentId = agent.next().getSubscribed().getAgentId().getValue();
    scheduler = fixture.subscribe(MediaType.PROTOBUF, MasterFixture.INFO.clone().build());
    String frameworkId = scheduler.next().getSubscribed().getFrameworkId().getValue();
    ids =
        Map.of(
            "AgentID",
            agentId,
            "FrameworkID",
            frameworkId,
            "OfferID",
            scheduler.next(Event.Type.OFFERS).getOffers().getOffers(0).getId().getValue());
  }

  /** Newcomers are served as if nothing had been. */
  @AfterEach
  void everythingStillWorksAndStops() throws Exception {
    assertThat(fixture.crash).isNotDone();
    try (Agent another = fixture.agent(2, 512);
        Scheduler newcomer =
            fixture.subscribe(MediaType.JSON, MasterFixture.INFO.clone().build())) {
      String agentId = another.next().getSubscribed().getAgentId().getValue();
      assertThat(newcomer.next().getType()).isEqualTo(Event.Type.SUBSCRIBED);
      assertThat(fixture.get("/slaves?slave_id=" + agentId).body()).contains(agentId);
      assertThat(fixture.get("/state").statusCode()).isEqualTo(200);
      assertThat(fixture.get("/metrics/snapshot").statusCode()).isEqualTo(200);
      assertThat(fixture.crash).isNotDone();
    } finally {
      agent.close();
      scheduler.close();
      fixture.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void schedulersAreAnswered(long seed) throws Exception {
    Random random = new Random(seed);
    everyMutationIsAnswered(
        random,
        "/api/v1/scheduler",
        List.of(MediaType.values()),
        Call.getDefaultInstance(),
        () -> random.nextInt(8) == 0 ? Map.of() : Map.of("Mesos-Stream-Id", scheduler.streamId()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void operatorsAreAnswered(long seed) throws Exception {
    everyMutationIsAnswered(
        new Random(seed),
        "/api/v1",
        List.of(MediaType.values()),
        org.apache.mesos.v1.master.Protos.Call.getDefaultInstance(),
        Map::of);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void agentsAreAnswered(long seed) throws Exception {
    Random random = new Random(seed);
    everyMutationIsAnswered(
        random,
        "/api/v1/agent-link",
        List.of(MediaType.PROTOBUF),
        LinkCall.getDefaultInstance(),
        () -> random.nextInt(4) == 0 ? Map.of() : Map.of("Mesos-Stream-Id", agentStream));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void damagedRecordsOfABatchAreAnswered(long seed) throws Exception {
    Random random = new Random(seed);
    FilledCalls filled = new FilledCalls(random, ids);
    Map<String, String> headers =
        Map.of("Mesos-Stream-Id", scheduler.streamId(), "Mesocosm-Batch", "records");
    ServerHealth before = warmedUp(headers, filled);
    for (int i = 0; i < CALLS; i++) {
      byte[] body = Mutation.any(batch(filled, random), random);
      assertAnswered(i, "/api/v1/scheduler", MediaType.PROTOBUF, headers, body);
    }
    before.assertStillGood(MORE_THREADS_MAX, MORE_HEAP_BYTES_MAX);
  }

  private ServerHealth warmedUp(Map<String, String> headers, FilledCalls filled) throws Exception {
    Random random = new Random(0);
    for (int i = 0; i < ROUND; i++) {
      assertAnswered(i, "/api/v1/scheduler", MediaType.PROTOBUF, headers, batch(filled, random));
    }
    return new ServerHealth();
  }

  private static byte[] batch(FilledCalls filled, Random random) throws IOException {
    List<Message> calls = filled.of(Call.getDefaultInstance());
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int i = 0; i < 3; i++) {
      records.write(RecordIo.frame(calls.get(random.nextInt(calls.size())).toByteArray()));
    }
    return records.toByteArray();
  }

  private interface Headers {
    Map<String, String> next();
  }

  private void everyMutationIsAnswered(
      Random random, String path, List<MediaType> types, Message prototype, Headers headers)
      throws Exception {
    FilledCalls filled = new FilledCalls(random, ids);
    // What is not damaged is answered too, and warms up what the heap is compared with later.
    for (Message call : filled.of(prototype)) {
      assertAnswered(-1, path, types.getFirst(), headers.next(), types.getFirst().encode(call));
    }
    ServerHealth before = new ServerHealth();
    List<Message> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      if (i % ROUND == 0) {
        calls = filled.of(prototype);
      }
      MediaType type = types.get(random.nextInt(types.size()));
      byte[] valid = type.encode(calls.get(random.nextInt(calls.size())));
      assertAnswered(i, path, type, headers.next(), Mutation.any(valid, random));
    }
    before.assertStillGood(MORE_THREADS_MAX, MORE_HEAP_BYTES_MAX);
  }

  private void assertAnswered(
      int number, String path, MediaType type, Map<String, String> headers, byte[] body)
      throws Exception {
    assertThat(status(path, type, headers, body))
        .as("call %d to %s in %s: %s", number, path, type, HexFormat.of().formatHex(body))
        .satisfiesAnyOf(
            status -> assertThat(status).isBetween(200, 299),
            status -> assertThat(status).isBetween(400, 499),
            status -> assertThat(status).as("a call that no master supports").isEqualTo(501));
  }

  /** Only the head of the answer counts: some are streams. */
  private int status(String path, MediaType type, Map<String, String> headers, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(fixture.uri(path))
            .header("Content-Type", type.contentType())
            .timeout(MasterFixture.PATIENCE)
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    HttpResponse<InputStream> response =
        fixture.http.send(request.build(), BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }
}

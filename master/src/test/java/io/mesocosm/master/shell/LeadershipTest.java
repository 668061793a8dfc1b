package io.mesocosm.master.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.MemoryStore;
import io.mesocosm.coordination.VersionedStore.Versioned;
import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.registry.RegistryProtos.AdmittedAgent;
import io.mesocosm.protocol.registry.RegistryProtos.Cluster;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masters in one contest: who leads, who sends on, and how a leadership ends. */
class LeadershipTest {
  private static final String WEIGHTS =
      "{\"type\":\"UPDATE_WEIGHTS\",\"update_weights\":"
          + "{\"weight_infos\":[{\"role\":\"web\",\"weight\":2.0}]}}";

  private final FakeContest contest = new FakeContest();

  @AfterEach
  void close() {
    contest.close();
  }

  /** M1, and row 2 of the scheduler API's section 2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/state",
        "/master/state?jsonp=f",
        "/state-summary",
        "/slaves?slave_id=a%20b",
        "/frameworks",
        "/tasks?limit=5&order=asc",
        "/roles",
        "/quota",
        "/weights",
        "/maintenance/schedule",
        "/maintenance/status",
        "/master/machine/down",
        "/reserve",
        "/create-volumes",
        "/teardown",
        "/api/v1",
        "/master/api/v1",
        "/api/v1/scheduler",
        "/master/api/v1/scheduler",
        "/api/v1/agent-link"
      })
  void whatIsTheLeadersIsSentOnWithPathAndQuery(String path) throws Exception {
    try (Contestant leader = Contestant.in(contest).awaitLeading();
        Contestant follower = following(leader)) {
      HttpResponse<String> got = follower.get(path);
      HttpResponse<String> posted = follower.post(path, "{}");

      String location = "//127.0.0.1:" + leader.process().port() + path.replace("%20", "+");
      assertThat(got.statusCode()).isEqualTo(307);
      assertThat(got.headers().firstValue("Location")).contains(location);
      assertThat(posted.statusCode()).isEqualTo(307);
      assertThat(posted.headers().firstValue("Location")).contains(location);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/health",
        "/master/health",
        "/version",
        "/flags",
        "/metrics/snapshot",
        "/metrics",
        "/system/stats.json",
        "/logging/toggle",
        "/files/debug",
        "/help"
      })
  void whatAMasterSaysOfItselfItSaysWhetherItLeadsOrNot(String path) throws Exception {
    try (Contestant leader = Contestant.in(contest).awaitLeading();
        Contestant follower = following(leader)) {
      assertThat(leader.get(path).statusCode()).isEqualTo(200);
      assertThat(follower.get(path).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void redirectLeadsToTheLeaderAndOneStepFurtherNowhere() throws Exception {
    try (Contestant leader = Contestant.in(contest).awaitLeading();
        Contestant follower = following(leader)) {
      String location = "//127.0.0.1:" + leader.process().port();
      assertThat(follower.get("/redirect").headers().firstValue("Location")).contains(location);
      assertThat(leader.get("/master/redirect").headers().firstValue("Location"))
          .contains(location);
      assertThat(follower.get("/redirect/state").statusCode()).isEqualTo(404);
      assertThat(leader.get("/redirect/state").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void metricsTellWhoIsElected() throws Exception {
    try (Contestant leader = Contestant.in(contest).awaitLeading();
        Contestant follower = following(leader)) {
      assertThat(leader.get("/metrics/snapshot").body()).contains("\"master/elected\":1.0");
      assertThat(follower.get("/metrics/snapshot").body())
          .contains("\"master/elected\":0.0", "\"master/slaves_active\":0.0");
    }
  }

  @Test
  void whileNobodyLeadsRequestsAreRefusedForNow() throws Exception {
    try (Contestant only = Contestant.in((_, _) -> () -> {})) {
      for (String path : new String[] {"/state", "/redirect", "/api/v1/scheduler"}) {
        HttpResponse<String> answer = only.get(path);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("No leader elected");
      }
      assertThat(only.get("/health").statusCode()).isEqualTo(200);
    }
  }

  /** M2. */
  @Test
  void untilTheRegistryIsReadRequestsAreRefusedForNow() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    MemoryStore slow = new MemoryStore();
    Contest one = (_, listener) -> electedOn(listener, reading, go, slow);
    try (Contestant master = Contestant.in(one)) {
      reading.await();
      assertThat(master.get("/state").statusCode()).isEqualTo(503);
      assertThat(master.get("/metrics/snapshot").body()).contains("\"master/elected\":0.0");
      go.countDown();
      master.awaitLeading();
      assertThat(master.get("/state").statusCode()).isEqualTo(200);
    }
  }

  private static Election electedOn(
      ElectionListener listener, CountDownLatch reading, CountDownLatch go, MemoryStore records) {
    Thread.ofVirtual()
        .start(() ->
            listener.elected(
                new StoreDecorator(records) {
                  @Override
                  public SortedMap<String, Versioned> children(String folder) {
                    reading.countDown();
                    try {
                      go.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    return super.children(folder);
                  }
                }));
    return () -> {};
  }

  /** M3. */
  @Test
  void whoLosesTheLeadershipFallsSilentAndEnds() throws Exception {
    try (Contestant first = Contestant.in(contest).awaitLeading();
        Contestant second = following(first);
        RecordStream scheduler = subscribe(first)) {
      contest.depose("its session expired");

      assertThat(first.awaitEnd())
          .isEqualTo(
              "the leadership was lost (its session expired): exiting so that the supervisor"
                  + " restarts this master as a standby");
      while (scheduler.next().isPresent()) {
        // what was sent before
      }
      assertThat(first.get("/state").statusCode()).isEqualTo(503);
      assertThat(first.get("/metrics/snapshot").body()).contains("\"master/elected\":0.0");
      assertThat(second.awaitLeading().get("/state").statusCode()).isEqualTo(200);
      assertThat(second.hasEnded()).isFalse();
    }
  }

  @Test
  void whoIsDeposedWithoutItsKnowledgeFindsOutByItsFirstWrite() throws Exception {
    try (Contestant first = Contestant.in(contest).awaitLeading();
        Contestant second = following(first);
        RecordStream scheduler = subscribe(first)) {
      contest.deposeSilently();
      second.awaitLeading();

      assertThat(first.post("/api/v1", WEIGHTS).statusCode()).isEqualTo(503);

      assertThat(first.awaitEnd()).contains("the leadership was lost", "epoch", "restarts");
      while (scheduler.next().isPresent()) {
        // what was sent before
      }
      assertThat(second.get("/weights").body()).doesNotContain("web");
    }
  }

  @Test
  void whoStoodStillForTooLongDoesNothingMore() throws Exception {
    try (Contestant first = Contestant.in(contest).awaitLeading();
        Contestant second = following(first);
        RecordStream scheduler = subscribe(first)) {
      contest.deposeAsleep();
      second.awaitLeading();

      assertThat(first.post("/api/v1", WEIGHTS).statusCode()).isEqualTo(503);

      assertThat(first.awaitEnd()).contains("the leadership was lost", "session may be over");
      while (scheduler.next().isPresent()) {
        // what was sent before
      }
    }
  }

  @Test
  void theNextLeaderKnowsWhatWasDecidedBefore() throws Exception {
    try (Contestant first = Contestant.in(contest).awaitLeading();
        Contestant second = following(first)) {
      assertThat(first.post("/api/v1", WEIGHTS).statusCode()).isEqualTo(200);

      first.leave();

      assertThat(second.awaitLeading().get("/weights").body()).contains("\"web\"");
      assertThat(second.get("/redirect").headers().firstValue("Location"))
          .contains("//127.0.0.1:" + second.process().port());
    }
  }

  @Test
  void quotaOfAnEarlierLeaderIsUnderstood() throws Exception {
    try (Contestant first = Contestant.in(contest).awaitLeading();
        Contestant second = following(first)) {
      String quota =
          "{\"type\":\"UPDATE_QUOTA\",\"update_quota\":{\"force\":true,\"quota_configs\":["
              + "{\"role\":\"web\",\"limits\":{\"cpus\":{\"value\":7}}}]}}";
      assertThat(first.post("/api/v1", quota).statusCode()).isEqualTo(200);

      first.leave();

      assertThat(second.awaitLeading().get("/quota").body()).contains("\"web\"");
    }
  }

  /** G1: what is in the registry and not back yet is shown as such. */
  @Test
  void agentsOfAnEarlierLeaderAreShownAsRecovered() throws Exception {
    contest.records.put(
        "/registry/admitted/earlier-S1",
        RegistryRecord.newBuilder()
            .setAdmitted(
                AdmittedAgent.newBuilder()
                    .setIp("10.0.0.7")
                    .setInfo(
                        AgentInfo.newBuilder()
                            .setHostname("n7")
                            .setPort(5051)
                            .setId(AgentID.newBuilder().setValue("earlier-S1"))))
            .build()
            .toByteArray());
    try (Contestant master = Contestant.in(contest).awaitLeading()) {
      String recovered = "\"recovered_slaves\":[{\"id\":\"earlier-S1\",\"hostname\":\"n7\"";
      assertThat(master.get("/slaves").body()).contains(recovered);
      assertThat(master.get("/state").body()).contains(recovered);
      assertThat(master.get("/slaves?slave_id=other").body()).doesNotContain("earlier-S1");
      assertThat(master.post("/api/v1", "{\"type\":\"GET_AGENTS\"}").body())
          .contains("\"recovered_agents\":[{\"hostname\":\"n7\"");
    }
  }

  @Test
  void aRegistryThatCannotBeReadIsNamedAndEndsTheMaster() throws Exception {
    contest.records.put("/registry/quotas", "no record".getBytes(StandardCharsets.UTF_8));
    try (Contestant master = Contestant.in(contest)) {
      assertThat(master.awaitEnd()).contains("/registry/quotas", "restore it", "exiting");
    }
  }

  @Test
  void aRegistryOfMastersThatCanDoMoreIsLeftAlone() throws Exception {
    contest.records.put(
        "/registry/cluster",
        RegistryRecord.newBuilder()
            .setCluster(Cluster.newBuilder().addMinimumCapabilities("QUOTA_V9"))
            .build()
            .toByteArray());
    try (Contestant master = Contestant.in(contest)) {
      assertThat(master.awaitEnd()).contains("QUOTA_V9", "upgrade");
    }
  }

  /** M5. */
  @Test
  void aMasterOfAnotherRegionEnds() throws Exception {
    try (Contestant leader = Contestant.in(contest, domain("north")).awaitLeading();
        Contestant near = Contestant.in(contest, domain("north"));
        Contestant far = Contestant.in(contest, domain("south"))) {
      assertThat(far.awaitEnd()).contains("region north", "south", "--domain");
      assertThat(near.hasEnded()).isFalse();
      assertThat(leader.hasEnded()).isFalse();
    }
  }

  @Test
  void aCandidateThatDropsOutEntersAgain() throws Exception {
    CountDownLatch entered = new CountDownLatch(2);
    Contest leaky =
        (_, listener) -> {
          entered.countDown();
          Thread.ofVirtual().start(() -> listener.lost("its session expired"));
          return () -> {};
        };
    try (Contestant master = Contestant.in(leaky)) {
      assertThat(entered.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(master.hasEnded()).isFalse();
    }
  }

  private static String domain(String region) {
    return "--domain={\"fault_domain\":{\"region\":{\"name\":\""
        + region
        + "\"},\"zone\":{\"name\":\"a\"}}}";
  }

  /** Returns when it knows its leader. */
  private Contestant following(Contestant leader) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Contestant follower =
        Contestant.in((content, listener) -> contest.enter(content, telling(listener, told)));
    told.await();
    assertThat(leader.hasEnded()).isFalse();
    return follower;
  }

  private static ElectionListener telling(ElectionListener listener, CountDownLatch told) {
    return new ElectionListener() {
      @Override
      public void elected(io.mesocosm.coordination.VersionedStore store) {
        listener.elected(store);
      }

      @Override
      public void lost(String why) {
        listener.lost(why);
      }

      @Override
      public void leaderChanged(Optional<byte[]> leader) {
        listener.leaderChanged(leader);
        told.countDown();
      }
    };
  }

  private static RecordStream subscribe(Contestant master) throws Exception {
    Call call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(
                Call.Subscribe.newBuilder()
                    .setFrameworkInfo(
                        FrameworkInfo.newBuilder().setUser("nobody").setName("follower")))
            .build();
    RecordStream stream =
        RecordStream.open(
            HttpClient.newHttpClient(),
            master.uri("/api/v1/scheduler"),
            MediaType.PROTOBUF.contentType(),
            MediaType.PROTOBUF.contentType(),
            call.toByteArray(),
            Map.of(),
            Contestant.PATIENCE);
    assertThat(stream.next()).isPresent();
    return stream;
  }
}

package io.mesocosm.master.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.coordination.EmbeddedZooKeeper;
import io.mesocosm.framework.SchedulerClient;
import io.mesocosm.framework.SchedulerClientOptions;
import io.mesocosm.framework.SchedulerListener;
import io.mesocosm.protocol.MediaType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masters on a real ZooKeeper. */
class StandbyMasterTest {
  private static final String WEIGHTS =
      "{\"type\":\"UPDATE_WEIGHTS\",\"update_weights\":"
          + "{\"weight_infos\":[{\"role\":\"web\",\"weight\":2.0}]}}";

  @TempDir Path folder;
  private EmbeddedZooKeeper zooKeeper;

  @BeforeEach
  void start() throws Exception {
    zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), "127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    zooKeeper.close();
  }

  @Test
  void theStandbyLeadsWhenTheLeaderLeavesAndKnowsWhatItDecided() throws Exception {
    try (Contestant first = master().awaitLeading();
        Contestant second = master()) {
      assertThat(first.post("/api/v1", WEIGHTS).statusCode()).isEqualTo(200);

      first.leave();

      assertThat(second.awaitLeading().get("/weights").body()).contains("\"web\"");
      assertThat(first.hasEnded()).isFalse();
    }
  }

  /** Z3, Z9. */
  @Test
  void whoLeadsIsReadAsMesosWritesIt() throws Exception {
    try (Contestant master = master().awaitLeading()) {
      ZooKeeper client = new ZooKeeper(zooKeeper.connectString(), 10_000, _ -> {});
      try {
        List<String> members =
            client.getChildren("/mesos", false).stream()
                .filter(name -> name.startsWith("json.info_"))
                .toList();
        assertThat(members).singleElement().asString().matches("json\\.info_\\d{10}");
        String json =
            new String(
                client.getData("/mesos/" + members.getFirst(), false, null),
                java.nio.charset.StandardCharsets.UTF_8);
        assertThat(json)
            .contains(
                "\"id\":\"" + master.process().info().getId() + "\"",
                "\"ip\":16777343",
                "\"port\":" + master.process().port(),
                "\"pid\":\"master@127.0.0.1:" + master.process().port() + "\"",
                "\"hostname\":\"127.0.0.1\"",
                "\"version\":",
                "\"address\":{\"hostname\":\"127.0.0.1\",\"ip\":\"127.0.0.1\",\"port\":"
                    + master.process().port()
                    + "}",
                "\"capabilities\":[{\"type\":\"AGENT_UPDATE\"}");
      } finally {
        client.close();
      }
    }
  }

  @Test
  void aLeaderWhoseNodeIsGoneEndsAndTheNextLeads() throws Exception {
    try (Contestant first = master().awaitLeading();
        Contestant second = master()) {
      ZooKeeper client = new ZooKeeper(zooKeeper.connectString(), 10_000, _ -> {});
      try {
        String leader =
            client.getChildren("/mesos", false).stream()
                .filter(name -> name.startsWith("json.info_"))
                .sorted()
                .findFirst()
                .orElseThrow();
        client.delete("/mesos/" + leader, -1);
      } finally {
        client.close();
      }
      assertThat(first.awaitEnd()).contains("the leadership was lost");
      second.awaitLeading();
    }
  }

  @Test
  void aSchedulerMovesOverToTheNextLeaderAndKeepsItsId() throws Exception {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (Contestant first = master().awaitLeading();
        Contestant second = master();
        SchedulerClient _ = scheduler(List.of(second.uri(""), first.uri("")), events)) {
      String id = subscribed(events);

      first.leave();

      second.awaitLeading();
      // The first may have let it in once more while it closed.
      do {
        assertThat(subscribed(events)).isEqualTo(id);
      } while (!second.get("/frameworks").body().contains(id));
    }
  }

  @Test
  void theAddressMayStandInAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("zk"), address() + "\n");
    try (Contestant master = Contestant.with("--zk=file://" + file)) {
      master.awaitLeading();
    }
  }

  @Test
  void mastersThatFindNoZooKeeperWaitForIt() throws Exception {
    int port = zooKeeper.port();
    zooKeeper.close();
    try (Contestant master = Contestant.with("--zk=zk://127.0.0.1:" + port + "/mesos")) {
      assertThat(master.get("/state").statusCode()).isEqualTo(503);
      assertThat(master.get("/health").statusCode()).isEqualTo(200);
      zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), "127.0.0.1", port);
      master.awaitLeading();
    }
  }

  private static String subscribed(BlockingQueue<Event> events) throws InterruptedException {
    Event event = events.poll(Contestant.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event.getSubscribed().getFrameworkId().getValue();
  }

  private static SchedulerClient scheduler(List<URI> masters, BlockingQueue<Event> events) {
    return SchedulerClient.start(
        new SchedulerClientOptions(
            masters,
            FrameworkInfo.newBuilder()
                .setUser("nobody")
                .setName("moving")
                .setFailoverTimeout(3600)
                .build(),
            List.of(),
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            MediaType.PROTOBUF),
        new SchedulerListener() {
          @Override
          public void onEvent(Event event) {
            if (event.getType() == Event.Type.SUBSCRIBED) {
              events.add(event);
            }
          }

          @Override
          public void onDisconnected(String reason) {
            // it comes back by itself
          }
        });
  }

  private Contestant master() {
    return Contestant.with("--zk=" + address(), "--zk_session_timeout=4secs");
  }

  private String address() {
    return "zk://" + zooKeeper.connectString() + "/mesos";
  }
}

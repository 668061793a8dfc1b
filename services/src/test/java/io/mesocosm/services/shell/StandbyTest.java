package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.coordination.EmbeddedZooKeeper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Schedulers of one ZooKeeper, of which one leads (contracts/marathon-api.md §13). */
@Timeout(60)
class StandbyTest {
  private static final String FOLDER = "/marathon/leader-curator";
  private static final String APP = "{\"id\":\"/a\",\"cmd\":\"x\",\"instances\":0}";

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeMaster master = new FakeMaster();
  private EmbeddedZooKeeper server;

  /** A scheduler and what it told. */
  private record Node(ServicesProcess process, BlockingQueue<String> lines) {
    String address() {
      return "127.0.0.1:" + process.port();
    }

    /** Waits for a line that begins so. */
    String told(String beginning) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (true) {
        String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        assertThat(line).as(beginning + "... within 20 s").isNotNull();
        if (line.startsWith(beginning)) {
          return line;
        }
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    http.close();
    master.close();
    server.close();
  }

  private Node node(String... more) {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    ServicesOptions options =
        ServicesOptions.parse(
            Stream.concat(
                    Stream.of(
                        "--master=" + master.address(),
                        "--zk=zk://" + server.connectString() + "/marathon",
                        "--zk_session_timeout=2000",
                        "--hostname=127.0.0.1",
                        "--http_port=0"),
                    Stream.of(more))
                .toList());
    Node node =
        new Node(
            ServicesProcess.contend(
                options,
                InstantSource.system(),
                new SplittableRandom(3),
                new ServicesListener() {
                  @Override
                  public void changed(String line) {
                    lines.add(line);
                  }

                  @Override
                  public void crashed(Throwable cause) {
                    lines.add("crashed: " + cause);
                  }
                }),
            lines);
    open.add(node.process());
    return node;
  }

  /** One that leads, and is subscribed. */
  private Node leader(String... more) throws Exception {
    Node node = node(more);
    master.subscribed();
    return node;
  }

  /** Waits until the master's words have come to the leader, and what follows from them is kept. */
  private void settle(Node node, FakeMaster subscribedAt) throws Exception {
    assertThat(subscribedAt.calls.poll(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(send(node, "POST", "/v2/apps", APP).statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> send(Node node, String method, String path, String body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + node.address() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String answeredBy(HttpResponse<String> response) {
    return response.headers().firstValue("X-Marathon-Leader").orElse("nobody");
  }

  /** A client of ZooKeeper's own. */
  private ZooKeeper zooKeeper() throws Exception {
    ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, _ -> {});
    open.add(client);
    return client;
  }

  private void removeLeader(ZooKeeper client) throws Exception {
    String first =
        client.getChildren(FOLDER, false).stream()
            .filter(name -> name.startsWith("latch-"))
            .sorted()
            .findFirst()
            .orElseThrow();
    client.delete(FOLDER + "/" + first, -1);
  }

  @Test
  void followerPassesOnWhatItIsAsked() throws Exception {
    Node leader = leader();
    Node follower = node();

    HttpResponse<String> created = send(follower, "POST", "/v2/apps?force=true", APP);

    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(created.headers().firstValue("Marathon-Deployment-Id")).isPresent();
    assertThat(answeredBy(created)).isEqualTo("http://" + leader.address());
    assertThat(send(leader, "GET", "/v2/apps//a", "").body())
        .isEqualTo(send(follower, "GET", "/v2/apps//a", "").body())
        .contains("\"id\":\"/a\"");
    assertThat(send(follower, "GET", "/v2/leader", "").body())
        .isEqualTo("{\"leader\":\"" + leader.address() + "\"}");
    assertThat(send(follower, "GET", "/ping", "").body()).isEqualTo("pong");
    assertThat(send(follower, "GET", "/v2/apps/b", "").statusCode()).isEqualTo(404);
    HttpResponse<String> events = send(follower, "GET", "/v2/events?a=b", "");
    assertThat(events.statusCode()).isEqualTo(302);
    assertThat(events.headers().firstValue("Location"))
        .contains("http://" + leader.address() + "/v2/events?a=b");
  }

  @Test
  void whoMayDoWhatIsTheLeadersToSay() throws Exception {
    Node leader = leader("--http_credentials=alice:wonderland");
    Node follower = node();
    assertThat(answeredBy(send(follower, "GET", "/ping", ""))).contains(leader.address());

    assertThat(send(follower, "GET", "/v2/apps", "").statusCode()).isEqualTo(401);
    HttpResponse<String> known =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + follower.address() + "/v2/apps"))
                .header("Authorization", "Basic YWxpY2U6d29uZGVybGFuZA==")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(known.statusCode()).isEqualTo(200);
  }

  @Test
  void followerTakesOverWithAllThatWasPromised() throws Exception {
    Node first = node();
    FakeMaster.Subscribed before = master.subscribed();
    Node second = node();
    settle(second, master);

    removeLeader(zooKeeper());

    first.told("has lost the leadership (");
    before.ended().get(20, TimeUnit.SECONDS);
    assertThat(master.subscribed().frameworkId()).isEqualTo("f-1");
    HttpResponse<String> app = send(second, "GET", "/v2/apps/a", "");
    assertThat(answeredBy(app)).isEqualTo("http://" + second.address());
    assertThat(app.statusCode()).isEqualTo(200);
    first.told("follows http://" + second.address());
    assertThat(answeredBy(send(first, "GET", "/v2/apps/a", "")))
        .as("by way of the one that lost")
        .isEqualTo("http://" + second.address());
  }

  @Test
  void writeOfOneThatLeadsNoMoreIsNotPromisedAndIsItsLast() throws Exception {
    Node leader = node();
    FakeMaster.Subscribed subscription = master.subscribed();
    settle(leader, master); // else a write of its own would find out before ours
    zooKeeper().setData(FOLDER + "/epoch", "9".getBytes(StandardCharsets.UTF_8), -1);

    String other = APP.replace("/a", "/b");
    HttpResponse<String> refused = send(leader, "POST", "/v2/apps", other);

    assertThat(refused.statusCode()).as("it ends before it can know").isEqualTo(504);
    leader.told("has lost the leadership (");
    subscription.ended().get(20, TimeUnit.SECONDS);
    assertThat(zooKeeper().exists("/marathon/apps/b", false)).isNull();
    leader.told("leads");
    assertThat(master.subscribed()).as("again, with nobody's help").isNotNull();
    assertThat(send(leader, "POST", "/v2/apps", other).statusCode()).isEqualTo(201);
  }

  @Test
  void leaderAbdicatesOnRequestAndAnotherLeadsAtOnce() throws Exception {
    Node first = leader();
    Node second = node();

    HttpResponse<String> answer = send(second, "DELETE", "/v2/leader", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Leadership abdicated\"}");
    assertThat(first.told("has given up")).contains("DELETE /v2/leader");
    master.subscribed();
    assertThat(send(second, "GET", "/v2/leader", "").body()).contains(second.address());
  }

  @Test
  void leaderThatIsStoppedLeavesAtOnce() throws Exception {
    Node first = leader();
    Node second = node();
    settle(second, master);

    first.process().close();

    assertThat(master.subscribed().frameworkId()).isEqualTo("f-1");
    assertThat(answeredBy(send(second, "GET", "/v2/info", ""))).contains(second.address());
  }

  @Test
  void leaderWhoseStateCannotBeReadLetsAnotherTry() throws Exception {
    ZooKeeper client = zooKeeper();
    for (String path : List.of("/marathon", "/marathon/apps", "/marathon/apps/a")) {
      client.create(
          path,
          "garbage".getBytes(StandardCharsets.UTF_8),
          ZooDefs.Ids.OPEN_ACL_UNSAFE,
          CreateMode.PERSISTENT);
    }

    assertThat(node().told("was elected and cannot lead"))
        .contains("its state cannot be read")
        .contains("/apps/a");
  }

  @Test
  void leaderThatCannotReachZooKeeperStopsActingAndGoesOnWhenItCan() throws Exception {
    int port = Integer.parseInt(server.connectString().split(":", 2)[1]);
    Node leader = node();
    FakeMaster.Subscribed before = master.subscribed();
    settle(leader, master);

    server.close();

    leader.told("has lost the leadership (");
    before.ended().get(20, TimeUnit.SECONDS);
    HttpResponse<String> refused = send(leader, "POST", "/v2/apps", APP);
    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(refused.body()).contains("no scheduler leads just now");

    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", port);

    leader.told("leads");
    assertThat(master.subscribed().frameworkId()).isEqualTo("f-1");
    assertThat(send(leader, "GET", "/v2/apps/a", "").statusCode()).isEqualTo(200);
  }

  @Test
  void masterIsFollowedInZooKeeper() throws Exception {
    ZooKeeper client = zooKeeper();
    client.create("/mesos", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    String member = announce(client, master);
    try (FakeMaster other = new FakeMaster()) {
      announce(client, other);
      Node node = node("--master=zk://" + server.connectString() + "/mesos");
      FakeMaster.Subscribed first = master.subscribed();
      settle(node, master);

      client.delete(member, -1);

      assertThat(other.subscribed().frameworkId()).isEqualTo("f-1");
      first.ended().get(20, TimeUnit.SECONDS);
    }
  }

  private static String announce(ZooKeeper client, FakeMaster master) throws Exception {
    String json =
        "{\"id\":\"m\",\"ip\":16777343,\"port\":%d,\"address\":{\"ip\":\"127.0.0.1\",\"port\":%d}}"
            .formatted(master.port(), master.port());
    return client.create(
        "/mesos/json.info_",
        json.getBytes(StandardCharsets.UTF_8),
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.EPHEMERAL_SEQUENTIAL);
  }
}

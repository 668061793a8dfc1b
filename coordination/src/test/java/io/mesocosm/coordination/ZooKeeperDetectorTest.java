package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperDetectorTest {
  private static final String NOBODY = "nobody";
  private static final ElectionOptions OPTIONS =
      new ElectionOptions("/", "json.info_", Duration.ofSeconds(1));

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private EmbeddedZooKeeper server;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    server.close();
  }

  @Test
  void leadersAreFollowedFromTheFirstToTheLast() throws Exception {
    watch("");
    assertThat(next()).isEqualTo(NOBODY);
    Election one = enter("one");
    assertThat(next()).isEqualTo("one");
    RecordingListener second = new RecordingListener();
    Election two = enter("two", "", second);
    second.hears("leader one");
    one.close();
    assertThat(next()).isEqualTo("two");
    two.close();
    assertThat(next()).isEqualTo(NOBODY);
    enter("three");
    assertThat(next()).isEqualTo("three");
    assertThat(seen).isEmpty();
  }

  @Test
  void contentThatIsWrittenLaterIsSeen() throws Exception {
    ZooKeeper client = client();
    client.create("/test", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    watch("");
    assertThat(next()).isEqualTo(NOBODY);
    String member =
        client.create(
            "/test/json.info_", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
    assertThat(next()).isEmpty();
    client.setData(member, "later".getBytes(UTF_8), -1);
    assertThat(next()).isEqualTo("later");
  }

  @Test
  void leadersWithAPasswordAreSeenWithoutOne() throws Exception {
    enter("one", "me:secret@");
    watch("");
    String first = next();
    assertThat(first.equals(NOBODY) ? next() : first).isEqualTo("one");
  }

  @Test
  void aServerThatIsGoneForLongerThanASessionMeansNobodyUntilItIsBack() throws Exception {
    ZooKeeper client = client();
    client.create("/test", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    client.create(
        "/test/json.info_",
        "one".getBytes(UTF_8),
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.PERSISTENT_SEQUENTIAL);
    watch("");
    assertThat(next()).isEqualTo("one");
    int port = server.port();
    server.close();
    assertThat(next()).isEqualTo(NOBODY);
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", port);
    assertThat(next()).isEqualTo("one");
  }

  @Test
  void aSilentServerMeansNobodyToo() throws Exception {
    Relay relay = new Relay(server.port());
    open.add(relay);
    enter("one");
    open.add(
        ZooKeeperDetector.watch(
            ZooKeeperAddress.parse("zk://" + relay.connectString() + "/test"),
            OPTIONS,
            leader -> seen.add(leader.map(words -> new String(words, UTF_8)).orElse(NOBODY))));
    String first = next();
    assertThat(first.equals(NOBODY) ? next() : first).isEqualTo("one");
    relay.hold();
    assertThat(next()).isEqualTo(NOBODY);
    relay.release();
    assertThat(next()).isEqualTo("one");
  }

  private void watch(String credentials) {
    open.add(
        ZooKeeperDetector.watch(
            address(credentials),
            OPTIONS,
            leader -> seen.add(leader.map(words -> new String(words, UTF_8)).orElse(NOBODY))));
  }

  private Election enter(String content) {
    return enter(content, "");
  }

  private Election enter(String content, String credentials) {
    return enter(content, credentials, new RecordingListener());
  }

  private Election enter(String content, String credentials, RecordingListener listener) {
    Election election =
        ZooKeeperElection.enter(address(credentials), OPTIONS, content.getBytes(UTF_8), listener);
    open.add(election);
    return election;
  }

  private String next() throws InterruptedException {
    String leader = seen.poll(10, TimeUnit.SECONDS);
    assertThat(leader).as("something seen within 10 seconds").isNotNull();
    return leader;
  }

  private ZooKeeperAddress address(String credentials) {
    return ZooKeeperAddress.parse("zk://" + credentials + server.connectString() + "/test");
  }

  private ZooKeeper client() throws Exception {
    ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, _ -> {});
    open.add(client);
    return client;
  }
}

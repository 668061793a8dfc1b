package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.FencedException;
import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperElectionTest {
  private static final ElectionOptions OPTIONS =
      new ElectionOptions("/", "json.info_", Duration.ofSeconds(2));

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
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
  void membersLeadInTheOrderInWhichTheyCame() throws Exception {
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    RecordingListener third = new RecordingListener();
    Election one = enter("one", first);
    first.hears("elected", "leader one");
    Election two = enter("two", second);
    second.hears("leader one");
    enter("three", third);
    third.hears("leader one");

    one.close();
    second.hears("elected", "leader two");
    third.hears("leader two");

    two.close();
    third.hears("elected", "leader three");
    assertThat(first.heardNothing()).as("who leaves is told nothing").isTrue();
  }

  @Test
  void aMemberIsANodeThatOtherToolsKnow() throws Exception {
    RecordingListener listener = new RecordingListener();
    enter("{\"id\":\"x\"}", listener);
    listener.isElected();
    ZooKeeper client = client("");

    assertThat(client.getChildren("/test", false))
        .containsExactlyInAnyOrder("json.info_0000000000", "epoch");
    Stat stat = new Stat();
    byte[] content = client.getData("/test/json.info_0000000000", false, stat);
    assertThat(new String(content, UTF_8)).isEqualTo("{\"id\":\"x\"}");
    assertThat(stat.getEphemeralOwner()).isNotZero();
  }

  @Test
  void childrenThatAreNoMembersAreNone() throws Exception {
    ZooKeeper client = client("");
    client.create("/test", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    for (String name :
        List.of("log_replicas", "0000000000", "info_0000000000", "json.info_x", "json.info_1")) {
      client.create("/test/" + name, null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
    RecordingListener listener = new RecordingListener();
    enter("one", listener);
    listener.hears("elected", "leader one");
  }

  @Test
  void withCredentialsAnybodyReadsMembersAndOnlyTheOwnerWrites() throws Exception {
    RecordingListener listener = new RecordingListener();
    open.add(
        ZooKeeperElection.enter(
            address("me:secret@", server.connectString()),
            OPTIONS,
            "one".getBytes(UTF_8),
            listener));
    listener.isElected();
    listener.store().put("/quotas", new byte[] {1});
    ZooKeeper other = client("me:guess");

    String member = "/test/json.info_0000000000";
    assertThat(other.getChildren("/test", false)).contains("json.info_0000000000");
    assertThat(new String(other.getData(member, false, null), UTF_8)).isEqualTo("one");
    List<ACL> access = other.getACL(member, new Stat());
    assertThat(access)
        .extracting(entry -> entry.getId().getScheme() + " " + entry.getPerms())
        .containsExactlyInAnyOrder("world " + ZooDefs.Perms.READ, "digest " + ZooDefs.Perms.ALL);
    assertThatThrownBy(() -> other.setData(member, new byte[0], -1))
        .isInstanceOf(KeeperException.NoAuthException.class);
    assertThatThrownBy(() -> other.delete(member, -1))
        .isInstanceOf(KeeperException.NoAuthException.class);
    for (String record : List.of("/test/quotas", "/test/epoch")) {
      assertThatThrownBy(() -> other.getData(record, false, null))
          .isInstanceOf(KeeperException.NoAuthException.class);
    }
  }

  @Test
  void aLeaderWhoseSessionExpiredLosesAndTheNextLeads() throws Exception {
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    enter("one", first);
    first.isElected();
    enter("two", second);
    second.hears("leader one");
    server.expire(sessionOf("json.info_0000000000"));

    assertThat(first.loses()).contains("session");
    second.hears("elected", "leader two");
    assertThatThrownBy(() -> first.store().put("/x", new byte[] {1}))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("/x");
  }

  @Test
  void aMemberThatDoesNotLeadEntersAgainWhenItsSessionExpired() throws Exception {
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    Election one = enter("one", first);
    first.isElected();
    enter("two", second);
    second.hears("leader one");
    String before = members().getLast();
    server.expire(sessionOf(before));
    second.hears("leader nobody", "leader one");

    one.close();
    second.hears("elected", "leader two");
    assertThat(members()).hasSize(1).doesNotContain(before);
  }

  @Test
  void aNodeThatSomebodyRemovesCostsTheLead() throws Exception {
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    enter("one", first);
    first.isElected();
    enter("two", second);
    second.hears("leader one");
    client("").delete("/test/json.info_0000000000", -1);

    assertThat(first.loses()).contains("removed").contains("json.info_0000000000");
    second.hears("elected", "leader two");
  }

  @Test
  void aLeaderThatHearsNothingStepsDownBeforeAnotherIsElected() throws Exception {
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    Relay relay = new Relay(server.port());
    open.add(relay);
    enter("one", first, relay.connectString());
    first.isElected();
    enter("two", second);
    second.hears("leader one");
    VersionedStore stale = first.store();
    stale.put("/x", new byte[] {1});
    relay.hold();

    assertThat(first.loses()).contains("has not answered");
    assertThat(second.heardNothing()).as("nobody else was elected before").isTrue();
    assertThatThrownBy(() -> stale.put("/x", new byte[] {2})).isInstanceOf(FencedException.class);
    second.hears("elected", "leader two");
    assertThat(second.store().get("/x").orElseThrow().bytes()).containsExactly(1);
    relay.release();
  }

  @Test
  void aWriteThatWasUnderWayForTooLongChangesNothing() throws Exception {
    RecordingListener first = new RecordingListener();
    RecordingListener second = new RecordingListener();
    Relay relay = new Relay(server.port());
    open.add(relay);
    enter("one", first, relay.connectString());
    first.isElected();
    enter("two", second);
    second.hears("leader one");
    first.store().put("/x", new byte[] {1});
    relay.hold();
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(() -> first.store().put("/x", new byte[] {2}));
    second.hears("elected", "leader two");
    relay.release();

    assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfAny(FencedException.class, StoreUnavailableException.class);
    assertThat(second.store().get("/x").orElseThrow().bytes()).containsExactly(1);
  }

  @Test
  void aLeaderWhoseConnectionIsCutFindsAnotherAndLeadsOn() throws Exception {
    RecordingListener listener = new RecordingListener();
    Relay relay = new Relay(server.port());
    open.add(relay);
    ZooKeeperElection election =
        ZooKeeperElection.enter(
            address("", relay.connectString()),
            new ElectionOptions("/", "json.info_", Duration.ofSeconds(10)),
            "one".getBytes(UTF_8),
            listener);
    open.add(election);
    listener.hears("elected", "leader one");
    for (int i = 0; i < 3; i++) {
      relay.cut();
      listener.store().put("/x", new byte[] {(byte) i});
    }
    assertThat(listener.store().get("/x").orElseThrow().bytes()).containsExactly(2);
    assertThat(listener.heardNothing()).isTrue();
  }

  @Test
  void enteringWaitsForAServerThatIsNotThereYet() throws Exception {
    int port = server.port();
    server.close();
    RecordingListener listener = new RecordingListener();
    enter("one", listener, "127.0.0.1:" + port);
    listener.hears("leader nobody");
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", port);
    listener.hears("elected", "leader one");
  }

  @Test
  void membersMayMeetInAFolderOfTheirOwn() throws Exception {
    RecordingListener listener = new RecordingListener();
    open.add(
        ZooKeeperElection.enter(
            address("", server.connectString()),
            new ElectionOptions("/services/leader", "member_", Duration.ofSeconds(2)),
            "one".getBytes(UTF_8),
            listener));
    listener.isElected();
    listener.store().put("/apps/a", new byte[] {1});
    assertThat(client("").getChildren("/test/services/leader", false))
        .containsExactlyInAnyOrder("member_0000000000", "epoch");
    assertThat(client("").exists("/test/apps/a", false)).isNotNull();
  }

  @Test
  void afterClosingNothingIsToldAndWritesAreRefused() throws Exception {
    RecordingListener listener = new RecordingListener();
    Election election = enter("one", listener);
    listener.hears("elected", "leader one");
    election.close();
    election.close();
    assertThatThrownBy(() -> listener.store().put("/x", new byte[] {1}))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("left the election");
    assertThat(client("").getChildren("/test", false)).containsExactly("epoch");
    assertThat(listener.heardNothing()).isTrue();
  }

  private Election enter(String content, RecordingListener listener) {
    return enter(content, listener, server.connectString());
  }

  private Election enter(String content, RecordingListener listener, String servers) {
    Election election =
        ZooKeeperElection.enter(address("", servers), OPTIONS, content.getBytes(UTF_8), listener);
    open.add(election);
    return election;
  }

  private List<String> members() throws Exception {
    return client("").getChildren("/test", false).stream()
        .filter(name -> name.startsWith("json.info_"))
        .sorted()
        .toList();
  }

  private long sessionOf(String member) throws Exception {
    return client("").exists("/test/" + member, false).getEphemeralOwner();
  }

  private ZooKeeper client(String credentials) throws Exception {
    ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, _ -> {});
    if (!credentials.isEmpty()) {
      client.addAuthInfo("digest", credentials.getBytes(UTF_8));
    }
    open.add(client);
    return client;
  }

  private static ZooKeeperAddress address(String credentials, String servers) {
    return ZooKeeperAddress.parse("zk://" + credentials + servers + "/test");
  }
}

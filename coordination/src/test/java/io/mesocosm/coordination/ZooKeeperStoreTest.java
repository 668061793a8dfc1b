package io.mesocosm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what only the real thing can get wrong. */
class ZooKeeperStoreTest extends VersionedStoreContract {
  @TempDir Path folder;
  private EmbeddedZooKeeper server;
  private ZooKeeperStore store;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0);
    store = connect();
  }

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  @Override
  VersionedStore store() {
    return store;
  }

  @Test
  void recordsSurviveARestartOfTheServer() throws Exception {
    store.put("/kept", new byte[] {1, 2, 3});
    int port = server.port();
    stop();
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", port);
    store = connect();
    assertThat(store.get("/kept").orElseThrow().bytes()).containsExactly(1, 2, 3);
  }

  @Test
  void aForeignRecordIsNamedAndNotHalfRead() throws Exception {
    ZooKeeper other = new ZooKeeper(server.connectString(), 10_000, _ -> {});
    try (other) {
      other.create("/test", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      other.create(
          "/test/foreign",
          "somebody else's bytes".getBytes(StandardCharsets.UTF_8),
          ZooDefs.Ids.OPEN_ACL_UNSAFE,
          CreateMode.PERSISTENT);
    }
    assertThatThrownBy(() -> store.get("/foreign"))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("/foreign");
  }

  @Test
  void aServerThatIsGoneIsToldInTimeAndFoundAgain() throws Exception {
    int port = server.port();
    try (ZooKeeperStore impatient =
        ZooKeeperStore.connect(
            ZooKeeperAddress.parse("zk://" + server.connectString() + "/test"),
            Duration.ofMillis(300))) {
      impatient.put("/there", new byte[] {1});
      server.close();
      Assertions.assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            assertUnavailable(() -> impatient.get("/there"));
            assertUnavailable(() -> impatient.put("/there", new byte[] {2}));
            assertUnavailable(() -> impatient.replace("/there", new byte[] {2}, 0));
            assertUnavailable(() -> impatient.children("/"));
          });
      server = EmbeddedZooKeeper.start(folder, "127.0.0.1", port);
      assertThat(store.get("/there").orElseThrow().bytes()).containsExactly(1);
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    server.close();
    ZooKeeperAddress address = ZooKeeperAddress.parse("zk://" + server.connectString());
    assertThatThrownBy(() -> ZooKeeperStore.connect(address, Duration.ofMillis(300)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(address.servers())
        .hasMessageContaining("within 300 ms");
  }

  @Test
  void recordsWithAnOwnerAreClosedToOthers() {
    try (ZooKeeperStore owner = connect("me:secret@", "/owned")) {
      owner.put("/a", new byte[] {1});
    }
    try (ZooKeeperStore owner = connect("me:secret@", "/owned");
        ZooKeeperStore other = connect("me:guess@", "/owned")) {
      assertThat(owner.get("/a")).isPresent();
      assertThatThrownBy(() -> other.get("/a"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("check the user and password");
    }
  }

  @Test
  void twoPathsOfOneServerDoNotMeet() {
    try (ZooKeeperStore whole = connect("", "");
        ZooKeeperStore other = connect("", "/a/b")) {
      store.put("/x", new byte[] {1});
      other.put("/x", new byte[] {2});
      assertThat(store.children("/")).containsOnlyKeys("/x");
      assertThat(whole.get("/a/b/x").orElseThrow().bytes()).containsExactly(2);
      assertThat(whole.children("/a/b")).containsOnlyKeys("/a/b/x");
    }
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(StoreUnavailableException.class);
  }

  private ZooKeeperStore connect() {
    return connect("", "/test");
  }

  private ZooKeeperStore connect(String credentials, String path) {
    return ZooKeeperStore.connect(
        ZooKeeperAddress.parse("zk://" + credentials + server.connectString() + path));
  }
}

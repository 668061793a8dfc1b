package io.mesocosm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
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
    try (CuratorFramework other =
        CuratorFrameworkFactory.newClient(server.connectString(), new RetryOneTime(10))) {
      other.start();
      other
          .create()
          .creatingParentsIfNeeded()
          .forPath(
              "/test/foreign",
              "somebody else's bytes".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> store.get("/foreign"))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("/foreign");
  }

  @Test
  void aTakenPortIsOneClearFailure(@TempDir Path other) {
    assertThatThrownBy(() -> EmbeddedZooKeeper.start(other, "127.0.0.1", server.port()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("port " + server.port());
  }

  @Test
  void addressesAreReadAsMesosWritesThem() {
    ZooKeeperAddress address = ZooKeeperAddress.parse("zk://me:secret@h1:2181,h2:2182/mesos/");
    assertThat(address.credentials()).contains("me:secret");
    assertThat(address.servers()).isEqualTo("h1:2181,h2:2182");
    assertThat(address.path()).isEqualTo("/mesos");
    assertThatThrownBy(() -> ZooKeeperAddress.parse("h1:2181")).hasMessageContaining("zk://");
  }

  private ZooKeeperStore connect() {
    return ZooKeeperStore.connect(
        ZooKeeperAddress.parse("zk://" + server.connectString() + "/test"));
  }
}

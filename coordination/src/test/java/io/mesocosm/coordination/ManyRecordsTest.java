package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import io.mesocosm.coordination.VersionedStore.FencedException;
import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import io.mesocosm.coordination.VersionedStore.Write;
import io.mesocosm.coordination.VersionedStore.Write.Delete;
import io.mesocosm.coordination.VersionedStore.Write.Put;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More and larger records than ZooKeeper takes at once, and what is left when it is cut short. */
class ManyRecordsTest {
  private static final String SPLIT = "/test/large";

  @TempDir Path folder;
  private EmbeddedZooKeeper server;
  private ZooKeeperAddress address;
  private ZooKeeperSession session;
  private ZooKeeperStore store;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0);
    address = ZooKeeperAddress.parse("zk://" + server.connectString() + "/test");
    session = new ZooKeeperSession(address, Duration.ofSeconds(10), () -> {});
    session.requireConnected(Duration.ofSeconds(10));
    store = ZooKeeperStore.connect(address);
  }

  @AfterEach
  void stop() {
    store.close();
    session.close();
    server.close();
  }

  @Test
  void aFolderMayHoldMoreNamesThanZooKeeperSaysAtOnceByDefault() {
    String longName = "n".repeat(220); // 5,000 of them are more than a megabyte
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      writes.add(new Put("/wide/" + longName + i, ("record " + i).getBytes(UTF_8)));
    }
    store.writeAll(writes);

    try (ZooKeeperStore other = ZooKeeperStore.connect(address)) {
      assertThat(other.children("/wide"))
          .hasSize(5_000)
          .allSatisfy((path, record) ->
              assertThat("/wide/" + longName + new String(record.bytes(), UTF_8).substring(7))
                  .isEqualTo(path));
      other.writeAll(List.of(new Delete("/wide")));
      assertThat(other.children("/")).isEmpty();
      assertThat(other.children("/wide")).isEmpty();
    }
  }

  @Test
  void aFolderIsReadWhileItShrinks() throws Exception {
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      writes.add(new Put("/shrinking/" + i, new byte[] {1}));
    }
    store.writeAll(writes);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> removal =
          threads.submit(() -> {
            for (int i = 1_999; i > 0; i--) {
              session.client().delete("/test/shrinking/" + i, -1, (_, _, _) -> {}, null);
            }
            store.delete("/shrinking/0");
            return 0;
          });
      int last;
      do {
        last = store.children("/shrinking").size();
      } while (last > 1);
      assertThat(removal.get()).isZero();
    }
  }

  @Test
  void aServerThatReadsOneRecordACallWillDo() throws Exception {
    for (int i = 0; i < 120; i++) {
      store.put("/apps/" + i, new byte[] {1});
    }
    NodeReader reader =
        new NodeReader(address, new KnownNodes(), new Pipeline(Duration.ofSeconds(10)));
    CountDownLatch connected = new CountDownLatch(1);
    try (OneByOne old = new OneByOne(server.connectString(), connected)) {
      assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(reader.children(old, "/apps")).hasSize(120);
    }
  }

  @Test
  void whatGoesTogetherIsOneTransaction() throws Exception {
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < VersionedStore.TOGETHER_MAX; i++) {
      writes.add(new Put("/apps/" + i, new byte[700]));
    }
    store.put("/apps/3", new byte[1]); // not known to be there by another store
    try (ZooKeeperStore other = ZooKeeperStore.connect(address)) {
      other.writeAll(writes);
    }
    long made = session.client().exists("/test/apps/0", false).getMzxid();
    assertThat(session.client().exists("/test/apps/3", false).getMzxid()).isEqualTo(made);
    assertThat(session.client().exists("/test/apps/999", false).getMzxid()).isEqualTo(made);
  }

  @Test
  void aRecordIsWrittenTwiceInOneTransactionAsItWasLast() throws Exception {
    store.writeAll(List.of(new Put("/a", new byte[] {1}), new Put("/a", new byte[] {2})));
    assertThat(session.client().exists("/test/a", false).getVersion()).isZero();
    assertThat(store.get("/a").orElseThrow().bytes()).containsExactly(2);
  }

  @Test
  void lostConnectionsInTheMiddleCostNoWrite() throws Exception {
    byte[] large = noise(2_000_000, 1);
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      writes.add(new Put("/far/" + i, new byte[700]));
    }
    writes.add(2_000, new Put("/far/large", large));
    writes.add(new Delete("/far/7"));
    try (Relay relay = new Relay(server.port());
        ZooKeeperStore far =
            ZooKeeperStore.connect(
                ZooKeeperAddress.parse("zk://" + relay.connectString() + "/test"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> done =
          threads.submit(() -> {
            far.writeAll(writes);
            return 0;
          });
      int seen = -1;
      for (int cuts = 0; cuts < 3 && !done.isDone(); ) {
        int now = store.children("/far").size();
        if (now > seen) {
          relay.cut();
          cuts++;
          seen = now;
        }
      }
      assertThat(done.get(60, TimeUnit.SECONDS)).isZero();
      assertThat(far.children("/far")).hasSize(4_000).doesNotContainKey("/far/7");
      assertThat(far.get("/far/large").orElseThrow().bytes()).isEqualTo(large);
    }
  }

  @Test
  void aLeaderThatIsDeposedBetweenTwoTransactionsHasWrittenTheFirst() throws Exception {
    store.put("/epoch", new byte[] {0});
    CountDownLatch first = new CountDownLatch(1);
    Fence deposedAfterOne = new EpochFence("/test/epoch", 0, first);
    VersionedStore leader =
        new ZooKeeperStore(
            new Sessions.Lent(session), address, deposedAfterOne, Duration.ofSeconds(10));
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      writes.add(new Put("/apps/" + "%04d".formatted(i), new byte[] {1}));
    }

    assertThatThrownBy(() -> leader.writeAll(writes)).isInstanceOf(FencedException.class);

    assertThat(first.getCount()).isZero();
    assertThat(store.children("/apps")).hasSize(1_000).containsKeys("/apps/0000", "/apps/0999");
  }

  @Test
  void aLargeRecordReadsAsItWasUntilAllOfTheNewOneIsThere() throws Exception {
    byte[] before = noise(2_000_000, 1);
    store.put("/large", before);
    store.put("/epoch", new byte[] {0});
    Fence deposedAfterOne = new EpochFence("/test/epoch", 0, new CountDownLatch(1));
    VersionedStore leader =
        new ZooKeeperStore(
            new Sessions.Lent(session), address, deposedAfterOne, Duration.ofSeconds(10));

    assertThatThrownBy(() -> leader.put("/large", noise(3_000_000, 2)))
        .isInstanceOf(FencedException.class);

    assertThat(session.client().getChildren(SPLIT, false)).hasSize(3 + 1);
    assertThat(store.get("/large").orElseThrow().bytes()).isEqualTo(before);
    assertThat(store.children("/large")).isEmpty();
    store.put("/large", new byte[] {1});
    assertThat(session.client().getChildren(SPLIT, false)).as("all parts are gone").isEmpty();
  }

  @Test
  void theOldPartsGoWithTheNewHead() throws Exception {
    store.put("/large", noise(2_000_000, 1));
    store.put("/large", noise(1_000_000, 2));
    assertThat(session.client().getChildren(SPLIT, false)).hasSize(2);
  }

  @Test
  void partsThatDoNotBelongTogetherAreNotReadAsOne() throws Exception {
    store.put("/large", noise(2_000_000, 1));
    ZooKeeper client = session.client();
    String part = SPLIT + "/" + client.getChildren(SPLIT, false).getFirst();
    byte[] whole = client.getData(part, false, new Stat());
    byte[] other = whole.clone();
    other[17]++;
    client.setData(part, other, -1);
    assertThatThrownBy(() -> store.get("/large"))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("/large")
        .hasMessageContaining("checksum of its parts");
    client.setData(part, new byte[1], -1);
    assertThatThrownBy(() -> store.children("/")).isInstanceOf(CorruptRecordException.class);
    client.delete(part, -1);
    assertThatThrownBy(() -> store.get("/large"))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("of its 3 parts only 2 are there");
    store.put("/large", new byte[] {1});
    assertThat(store.get("/large").orElseThrow().bytes()).containsExactly(1);
  }

  @Test
  void whoReadsWhileOthersWriteFindsOneOfTheirRecords() throws Exception {
    List<byte[]> contents =
        List.of(noise(1_000_000, 1), noise(2_000_000, 2), new byte[] {1}, new byte[2_000_000]);
    store.put("/large", contents.getFirst());
    List<Callable<Integer>> work = new ArrayList<>();
    for (byte[] content : contents) {
      work.add(() -> {
        for (int i = 0; i < 8; i++) {
          store.put("/large", content);
        }
        return 0;
      });
    }
    work.add(() -> {
      for (int i = 0; i < 40; i++) {
        byte[] read = store.get("/large").orElseThrow().bytes();
        assertThat(contents).anyMatch(content -> Arrays.equals(content, read));
      }
      return 0;
    });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> done : threads.invokeAll(work)) {
        assertThat(done.get()).isZero();
      }
    }
    store.put("/large", contents.getFirst());
    assertThat(session.client().getChildren(SPLIT, false)).as("no strays").hasSize(2);
  }

  @Test
  void recordsOfEarlierVersionsAreReadReplacedAndDeleted() throws Exception {
    // As the first version wrote it: the mark, format 1, the checksum of the bytes alone, the bytes
    byte[] stored = {0x4d, 0x45, 0x53, 0x4f, 1, 0, 0, 0, 0, 'o', 'l', 'd'};
    CRC32C checksum = new CRC32C();
    checksum.update(stored, 9, 3);
    ByteBuffer.wrap(stored).putInt(5, (int) checksum.getValue());
    store.put("/apps/new", new byte[] {1});
    session
        .client()
        .create("/test/apps/old", stored, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);

    assertThat(store.get("/apps/old").orElseThrow().bytes()).asString().isEqualTo("old");
    assertThat(store.children("/apps")).containsOnlyKeys("/apps/new", "/apps/old");
    store.writeAll(List.of(new Put("/apps/old", noise(1_000_000, 1))));
    store.writeAll(List.of(new Delete("/apps/old")));
    assertThat(store.children("/apps")).containsOnlyKeys("/apps/new");
  }

  @Test
  void partsAreAsClosedToOthersAsTheirRecord() throws Exception {
    String place = server.connectString() + "/owned";
    try (ZooKeeperStore owner =
        ZooKeeperStore.connect(ZooKeeperAddress.parse("zk://me:secret@" + place))) {
      owner.writeAll(
          List.of(new Put("/a/large", noise(1_000_000, 1)), new Put("/a/b", new byte[] {1})));
      assertThat(owner.children("/a")).hasSize(2);
    }
    try (ZooKeeperStore other = ZooKeeperStore.connect(ZooKeeperAddress.parse("zk://" + place))) {
      assertThatThrownBy(() -> other.get("/a/large"))
          .hasMessageContaining("check the user and password");
      assertThatThrownBy(() -> other.children("/a"))
          .hasMessageContaining("check the user and password");
      assertThatThrownBy(() -> other.writeAll(List.of(new Put("/a/b", new byte[] {2}))))
          .hasMessageContaining("check the user and password");
      assertThatThrownBy(() -> other.delete("/a")).isInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void writersWhoMakeAndRemoveTheSameFoldersAllEnd() throws Exception {
    try (ZooKeeperStore other = ZooKeeperStore.connect(address);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> work = new ArrayList<>();
      for (VersionedStore each : List.of(store, other)) {
        for (int writer = 0; writer < 2; writer++) {
          String own = "/busy/folder/" + work.size();
          work.add(() -> {
            for (int i = 0; i < 30; i++) {
              each.writeAll(
                  List.of(new Put(own, new byte[] {1}), new Put(own + "/" + i, new byte[] {1})));
              each.writeAll(List.of(new Delete("/busy")));
            }
            each.writeAll(List.of(new Put("/done" + own, new byte[] {1})));
            return 0;
          });
        }
      }
      for (Future<Integer> done : threads.invokeAll(work)) {
        assertThat(done.get()).isZero();
      }
    }
    assertThat(store.children("/done/busy/folder")).hasSize(4);
  }

  /** A client whose server knows no reads of several records. */
  private static final class OneByOne extends ZooKeeper {
    OneByOne(String servers, CountDownLatch connected) throws IOException {
      super(servers, 10_000, _ -> connected.countDown());
    }

    @Override
    public void multi(Iterable<Op> ops, AsyncCallback.MultiCallback answer, Object context) {
      answer.processResult(KeeperException.Code.UNIMPLEMENTED.intValue(), "", context, null);
    }

    @Override
    public synchronized void close() {
      try {
        super.close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Lets one transaction through: another leader comes after it. */
  private static final class EpochFence implements Fence {
    private final String node;
    private final int version;
    private final CountDownLatch first;

    EpochFence(String node, int version, CountDownLatch first) {
      this.node = node;
      this.version = version;
      this.first = first;
    }

    @Override
    public void requireOpen(String path) {
      // the transaction tells
    }

    @Override
    public List<Op> guards() {
      if (first.getCount() == 0) {
        return List.of(Op.check(node, version + 1)); // as if it had moved on
      }
      first.countDown();
      return List.of(Op.check(node, version));
    }

    @Override
    public FencedException refused(String path) {
      return new FencedException(path, "another was elected");
    }
  }

  private static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }
}

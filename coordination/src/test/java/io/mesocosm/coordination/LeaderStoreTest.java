package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.FencedException;
import io.mesocosm.coordination.VersionedStore.VersionConflictException;
import io.mesocosm.coordination.VersionedStore.Write.Delete;
import io.mesocosm.coordination.VersionedStore.Write.Put;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader is handed: a store as any other, until another leader took an epoch. */
class LeaderStoreTest extends VersionedStoreContract {
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final ElectionOptions OPTIONS =
      new ElectionOptions("/election", "member_", SESSION);

  @TempDir Path folder;
  private final List<String> ends = new ArrayList<>();
  private EmbeddedZooKeeper server;
  private ZooKeeperAddress address;
  private ZooKeeperSession session;
  private Leadership leadership;
  private VersionedStore store;

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0);
    address = ZooKeeperAddress.parse("zk://" + server.connectString() + "/test");
    session = connect();
    leadership = lead(session);
    store = store(session, leadership);
  }

  @AfterEach
  void stop() {
    session.close();
    server.close();
  }

  @Override
  VersionedStore store() {
    return store;
  }

  /** The top folder of the contract's test has no election in it. */
  @Override
  void theTopFolderHasChildrenToo() {
    store.put("/top", new byte[] {1});
    assertThat(store.children("/")).containsOnlyKeys("/top");
  }

  @Test
  void everyWriteOfADeposedLeaderFailsAndChangesNothing() throws Exception {
    long version = store.put("/kept", new byte[] {1}).version();
    store.put("/tree/leaf", new byte[] {1});
    try (ZooKeeperSession other = connect()) {
      Leadership next = lead(other);
      assertFenced(() -> store.put("/kept", new byte[] {2}));
      assertThat(ends).singleElement().asString().contains("another was elected");
      VersionedStore theirs = store(other, next);
      assertThat(theirs.get("/kept").orElseThrow().version()).isEqualTo(version);
      theirs.put("/kept", new byte[] {3});
    }
  }

  @Test
  void noKindOfWritePassesTheEpoch() throws Exception {
    long version = store.put("/kept", new byte[] {1}).version();
    store.put("/tree/leaf", new byte[] {1});
    try (ZooKeeperSession other = connect()) {
      lead(other);
      // Each from a store that does not know yet: as a write that was under way for long.
      assertFenced(() -> late().put("/kept", new byte[] {2}));
      assertFenced(() -> late().put("/new/a", new byte[] {2}));
      assertFenced(() -> late().create("/new", new byte[] {2}));
      assertFenced(() -> late().create("/tree", new byte[] {2}));
      assertFenced(() -> late().replace("/kept", new byte[] {2}, version));
      assertFenced(() -> late().delete("/kept"));
      assertFenced(() -> late().delete("/tree"));
      assertFenced(() -> late().writeAll(List.of(new Put("/new/a", new byte[] {2}))));
      assertFenced(() -> late().writeAll(List.of(new Delete("/tree"))));
      byte[] large = noise(1_000_000, 1);
      assertFenced(() -> late().put("/kept", large));
      assertFenced(() -> late().put("/new/a", large));
      assertFenced(() -> late().create("/new", large));
      assertFenced(() -> late().replace("/kept", large, version));
      assertFenced(() -> late().writeAll(List.of(new Put("/new/a", large))));
    }
    assertThat(session.client().getChildren("/test/kept", false)).as("no parts").isEmpty();
    assertThat(store.get("/kept").orElseThrow().bytes()).containsExactly(1);
    assertThat(store.get("/tree/leaf")).isPresent();
    assertThat(store.get("/tree")).isEmpty();
    assertThat(session.client().exists("/test/new", false)).as("not even a folder").isNull();
  }

  @Test
  void aConflictOfALeadersOwnWriteIsNoFence() {
    store.put("/r", new byte[] {1});
    assertThatThrownBy(() -> store.replace("/r", new byte[] {2}, 7))
        .isInstanceOf(VersionConflictException.class);
    assertThat(ends).isEmpty();
  }

  @Test
  void anEpochIsTakenOnceBySomebodyWhoAsksTwice() throws Exception {
    MemberFolder members = new MemberFolder(address, OPTIONS);
    String member = members.join(session, "me".getBytes(UTF_8));
    assertThat(members.join(session, "me".getBytes(UTF_8))).isEqualTo(member);
    Epoch first = Epoch.take(members, new NodeAccess(address), session, member).orElseThrow();
    assertThat(Epoch.take(members, new NodeAccess(address), session, member)).contains(first);
  }

  @Test
  void noEpochIsTakenByAMemberThatIsGone() throws Exception {
    MemberFolder members = new MemberFolder(address, OPTIONS);
    String member = members.join(session, "me".getBytes(UTF_8));
    try (ZooKeeperSession other = connect()) {
      lead(other);
      session.client().delete(member, -1);
      assertThat(Epoch.take(members, new NodeAccess(address), session, member)).isEmpty();
    }
  }

  @Test
  void aLargeTreeIsDeletedWhole() {
    for (int i = 0; i < 600; i++) {
      store.put("/large/" + i, new byte[] {1});
    }
    store.delete("/large");
    assertThat(store.children("/large")).isEmpty();
    assertThat(store.get("/large")).isEmpty();
  }

  private static void assertFenced(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("another was elected");
  }

  /** With the first leader's epoch, and unaware that it is over. */
  private VersionedStore late() {
    Leadership unaware =
        new Leadership(session, new Epoch("/test/election/epoch", 0), System.nanoTime(), _ -> {});
    return store(session, unaware);
  }

  private VersionedStore store(ZooKeeperSession lent, Leadership fence) {
    return new ZooKeeperStore(new Sessions.Lent(lent), address, fence, Duration.ofSeconds(10));
  }

  private Leadership lead(ZooKeeperSession leader) throws Exception {
    MemberFolder members = new MemberFolder(address, OPTIONS);
    String member = members.join(leader, "me".getBytes(UTF_8));
    Epoch epoch = Epoch.take(members, new NodeAccess(address), leader, member).orElseThrow();
    Leadership begun = new Leadership(leader, epoch, System.nanoTime(), ends::add);
    begun.start();
    return begun;
  }

  private ZooKeeperSession connect() throws Exception {
    ZooKeeperSession connected = new ZooKeeperSession(address, SESSION, () -> {});
    connected.requireConnected(Duration.ofSeconds(10));
    return connected;
  }
}

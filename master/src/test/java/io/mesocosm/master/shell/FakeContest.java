package io.mesocosm.master.shell;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.MemoryStore;
import io.mesocosm.coordination.VersionedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Who comes first leads, on records that all leaders share. Tells on one thread, in order. */
final class FakeContest implements Contest, AutoCloseable {
  final MemoryStore records = new MemoryStore();
  private final ExecutorService teller = Executors.newSingleThreadExecutor();
  private final List<Member> members = new ArrayList<>();
  private long epoch;
  private long lapsed;

  private record Member(byte[] content, ElectionListener listener) {}

  @Override
  public synchronized Election enter(byte[] content, ElectionListener listener) {
    Member member = new Member(content.clone(), listener);
    members.add(member);
    if (members.size() == 1) {
      elect();
    } else {
      tellLeader(List.of(member));
    }
    return () -> leave(member);
  }

  private synchronized void leave(Member member) {
    boolean led = members.indexOf(member) == 0;
    members.remove(member);
    if (led) {
      elect();
    }
  }

  /** The leader's session is gone, and it knows. */
  synchronized void depose(String why) {
    Member former = members.removeFirst();
    teller.execute(() -> former.listener().lost(why));
    elect();
  }

  /** The leader's session is gone, and it does not know: it slept, or is cut off. */
  synchronized void deposeSilently() {
    members.removeFirst();
    elect();
  }

  /** The leader stood still for longer than its session lives: its own clock tells it so. */
  synchronized void deposeAsleep() {
    lapsed = epoch;
    deposeSilently();
  }

  private synchronized void requireAwake(long own) {
    if (own <= lapsed) {
      throw new VersionedStore.FencedException("/", "its session may be over");
    }
  }

  private void elect() {
    long own = ++epoch;
    tellLeader(List.copyOf(members));
    if (!members.isEmpty()) {
      Member leader = members.getFirst();
      teller.execute(() -> leader.listener().elected(new Fenced(own)));
    }
  }

  private void tellLeader(List<Member> told) {
    Optional<byte[]> leader =
        members.isEmpty() ? Optional.empty() : Optional.of(members.getFirst().content());
    told.forEach(member -> teller.execute(() -> member.listener().leaderChanged(leader)));
  }

  private synchronized void require(long own, String path) {
    if (own != epoch) {
      throw new VersionedStore.FencedException(path, "epoch " + epoch + " has begun");
    }
  }

  @Override
  public void close() {
    teller.shutdownNow();
  }

  /** The records, for the leader of one epoch. */
  private final class Fenced extends StoreDecorator {
    private final long own;

    Fenced(long own) {
      super(records);
      this.own = own;
    }

    @Override
    public Versioned create(String path, byte[] bytes) {
      require(own, path);
      return super.create(path, bytes);
    }

    @Override
    public Versioned replace(String path, byte[] bytes, long expectedVersion) {
      require(own, path);
      return super.replace(path, bytes, expectedVersion);
    }

    @Override
    public Versioned put(String path, byte[] bytes) {
      require(own, path);
      return super.put(path, bytes);
    }

    @Override
    public void delete(String path) {
      require(own, path);
      super.delete(path);
    }

    @Override
    public void requireLead() {
      requireAwake(own);
    }

    @Override
    public void close() {}
  }
}

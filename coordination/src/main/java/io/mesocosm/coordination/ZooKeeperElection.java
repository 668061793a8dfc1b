package io.mesocosm.coordination;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Membership in an election among the children of a ZooKeeper node (contracts/mesos-ha.md Z1 to
 * Z8). Of the members the one with the lowest number leads; each watches the one before it, so that
 * a leader's end is one member's business, and the lowest, to know who leads.
 *
 * <p>A member that does not lead and loses its session, or its node, enters again by itself. One
 * that leads is told, and is no member after that; so is one that cannot reach ZooKeeper for too
 * large a part of its session ({@link Lease}).
 */
public final class ZooKeeperElection implements Election {
  private static final System.Logger LOG = System.getLogger(ZooKeeperElection.class.getName());
  private static final Duration LOSS_TOLD_MAX = Duration.ofSeconds(1);

  private final ZooKeeperAddress address;
  private final NodeAccess access;
  private final MemberFolder folder;
  private final byte[] content;
  private final ElectionListener listener;
  private final Announcer announcer;
  private final SessionLoop loop;
  private @Nullable String member; // of the loop's thread, as all of a look
  private volatile @Nullable Leadership leadership; // set by a look, read by close()
  private volatile boolean over; // set by whoever ends the leadership, read by a look

  private ZooKeeperElection(
      ZooKeeperAddress address,
      ElectionOptions options,
      byte[] content,
      ElectionListener listener) {
    this.address = address;
    this.access = new NodeAccess(address);
    this.folder = new MemberFolder(address, options);
    this.content = content.clone();
    this.listener = listener;
    this.announcer = new Announcer("election-listener", listener::leaderChanged);
    this.loop = new SessionLoop("election", address, options.sessionTimeout(), new Contender());
  }

  /**
   * Enters, at once or as soon as ZooKeeper is reachable: this never fails for that, and waits for
   * nothing.
   *
   * @param content of our member node, which anybody may read
   */
  public static ZooKeeperElection enter(
      ZooKeeperAddress address,
      ElectionOptions options,
      byte[] content,
      ElectionListener listener) {
    ZooKeeperElection election = new ZooKeeperElection(address, options, content, listener);
    election.loop.start();
    return election;
  }

  /** Waits some seconds at most, if ZooKeeper or the listener's call under way takes longer. */
  @Override
  public void close() {
    over = true;
    Leadership led = leadership;
    if (led != null) {
      led.close();
    }
    announcer.silence();
    loop.close();
    announcer.close();
  }

  private final class Contender implements SessionLoop.Visitor {
    @Override
    public void look(ZooKeeperSession session) throws KeeperException, InterruptedException {
      if (over) {
        return;
      }
      ZooKeeper client = session.client();
      String own = member;
      if (own == null) {
        own = folder.join(session, content);
        member = own;
      }
      List<String> members = folder.members(client);
      int place = members.indexOf(own);
      if (place < 0 || client.exists(own, loop.watcher()) == null) {
        removed(own);
        return;
      }
      String leader = members.getFirst();
      byte[] words;
      try {
        words = client.getData(leader, loop.watcher(), null);
      } catch (KeeperException.NoNodeException _) {
        loop.wake(); // gone between two calls
        return;
      }
      if (place == 0) {
        lead(session, own);
      } else if (client.exists(members.get(place - 1), loop.watcher()) == null) {
        loop.wake();
      }
      announcer.leader(Optional.of(words == null ? new byte[0] : words));
    }

    @Override
    public void unreachable() {
      announcer.leader(Optional.empty());
    }

    @Override
    public void ended() {
      member = null;
      Leadership led = leadership;
      if (led != null) {
        led.endBySession();
      } else {
        announcer.leader(Optional.empty());
      }
    }
  }

  private void removed(String own) {
    member = null;
    Leadership led = leadership;
    if (led != null) {
      led.end("somebody removed its node " + own);
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "somebody removed our node {0} of the election at {1}: entering again",
        own,
        address);
    loop.wake();
  }

  private void lead(ZooKeeperSession session, String own)
      throws KeeperException, InterruptedException {
    if (leadership != null) {
      return;
    }
    Optional<Epoch> taken = Epoch.take(folder, access, session, own);
    if (taken.isEmpty()) {
      loop.wake();
      return;
    }
    // Not of the epoch's own writing, whose answer may have been lost long ago.
    long sentNanos = System.nanoTime();
    session.client().sync(folder.node());
    Leadership begun = new Leadership(session, taken.get(), sentNanos, this::onEnd);
    leadership = begun;
    if (over) { // closed meanwhile
      begun.close();
      return;
    }
    VersionedStore store =
        new ZooKeeperStore(new Sessions.Lent(session), address, begun, ZooKeeperStore.TIMEOUT);
    announcer.announce(() -> tellElected(begun, store));
    begun.start();
  }

  private void tellElected(Leadership begun, VersionedStore store) {
    if (begun.hasEnded()) {
      return; // the loss is told next
    }
    boolean taken = false;
    try {
      listener.elected(store);
      taken = true;
    } finally {
      if (!taken) { // nobody would lead, and nobody else could
        begun.end("it failed to take the lead");
      }
    }
  }

  /**
   * The node stays until the listener knows, or has had a second to: only then may another be
   * elected, if ZooKeeper has not decided so by itself.
   */
  private void onEnd(String why) {
    over = true;
    CountDownLatch told = new CountDownLatch(1);
    announcer.announce(() -> {
      try {
        listener.lost(why);
      } finally {
        told.countDown();
      }
    });
    Thread.ofVirtual()
        .start(() -> {
          try {
            boolean inTime = told.await(LOSS_TOLD_MAX.toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
              LOG.log(
                  System.Logger.Level.WARNING,
                  "the listener of a lost election still runs after {0} ms: leaving it",
                  LOSS_TOLD_MAX.toMillis());
            }
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            loop.stop();
          }
        });
  }
}

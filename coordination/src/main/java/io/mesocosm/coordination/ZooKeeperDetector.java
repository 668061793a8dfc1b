package io.mesocosm.coordination;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/**
 * Follows who leads an election without being a member (contracts/mesos-ha.md Z5, Z8). It watches
 * the leader's node, or, while there is none, their folder: members that come later are of no
 * interest, for they cannot be lower.
 */
public final class ZooKeeperDetector implements AutoCloseable {
  private final MemberFolder folder;
  private final Announcer announcer;
  private final SessionLoop loop;

  private ZooKeeperDetector(
      ZooKeeperAddress address, ElectionOptions options, Consumer<Optional<byte[]>> consumer) {
    this.folder = new MemberFolder(address, options);
    this.announcer = new Announcer("detector-listener", consumer);
    this.loop = new SessionLoop("detector", address, options.sessionTimeout(), new Spectator());
  }

  /**
   * Begins to watch, at once or as soon as ZooKeeper is reachable: this never fails for that, and
   * waits for nothing.
   *
   * @param consumer told what the leader says of itself, whenever that changes; absent when nobody
   *     leads, or ZooKeeper has not been reachable for the session time-out. Called on one thread
   *     of the detector's own, one call at a time, never after {@link #close} has returned; a call
   *     may block
   */
  public static ZooKeeperDetector watch(
      ZooKeeperAddress address, ElectionOptions options, Consumer<Optional<byte[]>> consumer) {
    ZooKeeperDetector detector = new ZooKeeperDetector(address, options, consumer);
    detector.loop.start();
    return detector;
  }

  /** Waits for a call under way, some seconds at most. */
  @Override
  public void close() {
    announcer.silence();
    loop.close();
    announcer.close();
  }

  private final class Spectator implements SessionLoop.Visitor {
    @Override
    public void look(ZooKeeperSession session) throws KeeperException, InterruptedException {
      ZooKeeper client = session.client();
      List<String> members = members(client);
      if (members.isEmpty()) {
        members = folder.membersWatched(client, loop.watcher());
      }
      if (members.isEmpty()) {
        announcer.leader(Optional.empty());
        return;
      }
      try {
        byte[] words = client.getData(members.getFirst(), loop.watcher(), null);
        announcer.leader(Optional.of(words == null ? new byte[0] : words));
      } catch (KeeperException.NoNodeException _) {
        loop.wake(); // gone between two calls
      }
    }

    @Override
    public void unreachable() {
      announcer.leader(Optional.empty());
    }

    /** Another session will find the leader, or be unreachable for its own time-out. */
    @Override
    public void ended() {}
  }

  private List<String> members(ZooKeeper client) throws KeeperException, InterruptedException {
    try {
      return folder.members(client);
    } catch (KeeperException.NoNodeException _) {
      return List.of();
    }
  }
}

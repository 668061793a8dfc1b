package io.mesocosm.coordination;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * A leader's number: the version of one node below the election's folder, which each new leader
 * writes before it does anything else. A transaction that checks the version fails from then on for
 * all leaders before.
 *
 * <p>What is read after taking it is up to date: all that earlier leaders wrote came before.
 *
 * @param version of the node; grows from leader to leader
 */
record Epoch(String node, int version) {
  private static final String NAME = "epoch";
  private static final int ANY_VERSION = -1;

  /** What must hold for a leader's write. */
  Op check() {
    return Op.check(node, version);
  }

  /**
   * Takes a new one, in the same instant in which {@code member} is known to exist: the lowest one
   * stays the lowest for as long as it exists. May be repeated after a lost answer: our epoch is
   * recognised.
   *
   * @return absent if another took one in between, or our member is gone: look again
   */
  static Optional<Epoch> take(
      MemberFolder folder, NodeAccess access, ZooKeeperSession session, String member)
      throws KeeperException, InterruptedException {
    ZooKeeper client = session.client();
    String node = RecordPath.child(folder.node(), NAME);
    // The session tells a leader from its namesake, should somebody have removed and remade the
    // folder, which counts from 0 then.
    String taker = member + " " + Long.toHexString(session.id());
    byte[] content = taker.getBytes(StandardCharsets.UTF_8);
    Op present = Op.check(member, ANY_VERSION);
    Stat stat = client.exists(node, false);
    try {
      if (stat == null) {
        client.multi(
            List.of(present, Op.create(node, content, access.secret(), CreateMode.PERSISTENT)));
        return Optional.of(new Epoch(node, 0));
      }
      if (taker.equals(new String(content(client, node, stat), StandardCharsets.UTF_8))) {
        return Optional.of(new Epoch(node, stat.getVersion()));
      }
      client.multi(List.of(present, Op.setData(node, content, stat.getVersion())));
      return Optional.of(new Epoch(node, stat.getVersion() + 1));
    } catch (KeeperException.NodeExistsException
        | KeeperException.BadVersionException
        | KeeperException.NoNodeException _) {
      return Optional.empty();
    }
  }

  private static byte[] content(ZooKeeper client, String node, Stat stat)
      throws KeeperException, InterruptedException {
    byte[] content = client.getData(node, false, stat);
    return content == null ? new byte[0] : content;
  }
}

package io.mesocosm.coordination;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * The node whose children are the members of an election (contracts/mesos-ha.md Z2, Z3, Z5, Z7). It
 * holds other children too, which are none of ours: those with other labels, and records.
 */
final class MemberFolder {
  private static final Pattern SEQUENCE = Pattern.compile("[0-9]{10}");

  private final String node;
  private final String label;
  private final NodeAccess access;

  MemberFolder(ZooKeeperAddress address, ElectionOptions options) {
    this.node = address.node(options.folder());
    this.label = options.label();
    this.access = new NodeAccess(address);
  }

  String node() {
    return node;
  }

  /** Makes it, and what is above it, if it is missing. */
  void make(ZooKeeper client) throws KeeperException, InterruptedException {
    NodeAccess.makeFolder(
        client,
        node,
        folder -> client.create(folder, new byte[0], access.visible(), CreateMode.PERSISTENT));
  }

  /** The nodes of the members; the first one leads. */
  List<String> members(ZooKeeper client) throws KeeperException, InterruptedException {
    return inOrder(client.getChildren(node, false));
  }

  /** The same, and the watcher hears when members come, or the folder does. */
  List<String> membersWatched(ZooKeeper client, Watcher watcher)
      throws KeeperException, InterruptedException {
    while (client.exists(node, watcher) == null) {
      if (client.exists(node, watcher) == null) {
        return List.of();
      }
    }
    try {
      return inOrder(client.getChildren(node, watcher));
    } catch (KeeperException.NoNodeException _) {
      return List.of(); // gone between two calls: the watch on it tells
    }
  }

  /**
   * Becomes a member, or finds that this session is one: the answer to an earlier attempt may have
   * been lost with its connection.
   *
   * @return our node
   */
  String join(ZooKeeperSession session, byte[] content)
      throws KeeperException, InterruptedException {
    ZooKeeper client = session.client();
    make(client);
    // The attempt went to another server perhaps, and the one that we ask now lags behind that.
    client.sync(node);
    Optional<String> present = memberOf(session);
    return present.isPresent()
        ? present.get()
        : client.create(
            RecordPath.child(node, label),
            content,
            access.visible(),
            CreateMode.EPHEMERAL_SEQUENTIAL);
  }

  private Optional<String> memberOf(ZooKeeperSession session)
      throws KeeperException, InterruptedException {
    for (String member : members(session.client())) {
      Stat stat = session.client().exists(member, false);
      if (stat != null && stat.getEphemeralOwner() == session.id()) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
  }

  private List<String> inOrder(List<String> children) {
    List<String> members = new ArrayList<>();
    for (String child : children) {
      if (child.startsWith(label) && SEQUENCE.matcher(child.substring(label.length())).matches()) {
        members.add(RecordPath.child(node, child));
      }
    }
    members.sort(Comparator.naturalOrder()); // ten digits each
    return members;
  }
}

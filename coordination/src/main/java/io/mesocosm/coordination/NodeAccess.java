package io.mesocosm.coordination;

import java.util.Arrays;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;

/**
 * Who may do what with our nodes (contracts/mesos-ha.md Z7): without credentials, anybody
 * everything.
 */
final class NodeAccess {
  // Not List.of: ZooKeeper's client asks whether it contains null.
  private static final List<ACL> CREATOR_ALL_WORLD_READ =
      Arrays.asList(
          new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE),
          new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS));

  private final ZooKeeperAddress address;

  NodeAccess(ZooKeeperAddress address) {
    this.address = address;
  }

  /** What only its owner may read and write. */
  List<ACL> secret() {
    return address.credentials().isPresent()
        ? ZooDefs.Ids.CREATOR_ALL_ACL
        : ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  /** What anybody may read and its owner may write. */
  List<ACL> visible() {
    return address.credentials().isPresent() ? CREATOR_ALL_WORLD_READ : ZooDefs.Ids.OPEN_ACL_UNSAFE;
  }

  /**
   * Of a folder of records. Down to the address's path folders are visible, for detectors without
   * credentials must find the members below it, whoever made it.
   */
  List<ACL> ofFolder(String node) {
    boolean above = address.path().equals(node) || address.path().startsWith(node + "/");
    return above ? visible() : secret();
  }

  /** Makes one node, which must not be there. */
  interface Creation {
    void create(String node) throws KeeperException, InterruptedException;
  }

  /** Makes a node and what is missing above it. */
  static void makeFolder(ZooKeeper client, String node, Creation creation)
      throws KeeperException, InterruptedException {
    if (node.isEmpty() || node.equals("/") || client.exists(node, false) != null) {
      return;
    }
    makeFolder(client, parent(node), creation);
    try {
      creation.create(node);
    } catch (KeeperException.NodeExistsException _) {
      return; // somebody else was faster
    }
  }

  static String parent(String node) {
    return node.substring(0, node.lastIndexOf('/'));
  }
}

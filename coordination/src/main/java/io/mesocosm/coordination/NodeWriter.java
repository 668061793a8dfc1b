package io.mesocosm.coordination;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooKeeper;

/**
 * How a store writes: every write is a transaction that begins with what its {@link Fence} demands.
 * It repeats nothing.
 */
final class NodeWriter {
  static final int ANY_VERSION = -1;

  private static final int DELETED_TOGETHER_MAX = 500; // far below ZooKeeper's limit of a megabyte

  private final ZooKeeperAddress address;
  private final NodeAccess access;
  private final Fence fence;

  NodeWriter(ZooKeeperAddress address, Fence fence) {
    this.address = address;
    this.access = new NodeAccess(address);
    this.fence = fence;
  }

  /** Makes a record's node, below a folder that is there. */
  void create(ZooKeeper client, String path, byte[] stored)
      throws KeeperException, InterruptedException {
    write(
        client,
        path,
        List.of(Op.create(address.node(path), stored, access.secret(), CreateMode.PERSISTENT)));
  }

  /**
   * Writes a node that is there.
   *
   * @return its new version
   */
  int set(ZooKeeper client, String path, byte[] stored, int expectedVersion)
      throws KeeperException, InterruptedException {
    OpResult result =
        write(client, path, List.of(Op.setData(address.node(path), stored, expectedVersion)));
    if (result instanceof OpResult.SetDataResult written) {
      return written.getStat().getVersion();
    }
    throw new IllegalStateException("ZooKeeper answered a write of " + path + " with " + result);
  }

  /** Makes the folders above a record. */
  void makeParents(ZooKeeper client, String path) throws KeeperException, InterruptedException {
    NodeAccess.makeFolder(
        client,
        NodeAccess.parent(address.node(path)),
        folder ->
            write(
                client,
                path,
                List.of(
                    Op.create(
                        folder, new byte[0], access.ofFolder(folder), CreateMode.PERSISTENT))));
  }

  /**
   * Deepest first. A tree that is too large for one transaction goes in several: what is left, if
   * we are stopped in between, is a whole tree still.
   */
  void deleteTree(ZooKeeper client, String path) throws KeeperException, InterruptedException {
    if (client.exists(address.node(path), false) == null) {
      return; // gone already, as wanted
    }
    List<Op> deletions =
        ZKUtil.listSubTreeBFS(client, address.node(path)).reversed().stream()
            .map(node -> Op.delete(node, ANY_VERSION))
            .toList();
    for (int from = 0; from < deletions.size(); from += DELETED_TOGETHER_MAX) {
      int to = Math.min(deletions.size(), from + DELETED_TOGETHER_MAX);
      write(client, path, deletions.subList(from, to));
    }
  }

  /** All of it or nothing, and only what the fence lets through. The last one's result. */
  private OpResult write(ZooKeeper client, String path, List<Op> writes)
      throws KeeperException, InterruptedException {
    List<Op> guards = fence.guards();
    List<Op> all = new ArrayList<>(guards);
    all.addAll(writes);
    try {
      return client.multi(all).getLast();
    } catch (KeeperException e) {
      if (failedIndex(e) < guards.size()) {
        throw fence.refused(path);
      }
      throw e;
    }
  }

  /**
   * Which of a transaction's operations failed: a guard and a write may fail for the same cause.
   */
  private static int failedIndex(KeeperException failure) {
    List<OpResult> results = failure.getResults();
    if (results == null) {
      return Integer.MAX_VALUE; // no operation did, but the whole: the connection was lost
    }
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof OpResult.ErrorResult result
          && result.getErr() != KeeperException.Code.OK.intValue()
          && result.getErr() != KeeperException.Code.RUNTIMEINCONSISTENCY.intValue()) {
        return i; // those before it are told as OK, those after it as inconsistent
      }
    }
    return Integer.MAX_VALUE;
  }
}

package io.mesocosm.coordination;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
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

  /**
   * What became of a record's node.
   *
   * @param hasChildren other records, or parts of what the record was before
   */
  record Outcome(String path, int version, boolean hasChildren) {}

  static Outcome outcome(String path, OpResult result) {
    return switch (result) {
      case OpResult.CreateResult _ -> new Outcome(path, 0, false);
      case OpResult.SetDataResult written ->
          new Outcome(path, written.getStat().getVersion(), written.getStat().getNumChildren() > 0);
      default ->
          throw new IllegalStateException(
              "ZooKeeper answered a write of " + path + " with " + result);
    };
  }

  /** Makes a record's node, below a folder that is there. */
  void create(ZooKeeper client, String path, byte[] stored)
      throws KeeperException, InterruptedException {
    write(
        client,
        path,
        List.of(Op.create(address.node(path), stored, access.secret(), CreateMode.PERSISTENT)));
  }

  /** Writes a node that is there. */
  Outcome set(ZooKeeper client, String path, byte[] stored, int expectedVersion)
      throws KeeperException, InterruptedException {
    return outcome(
        path,
        write(client, path, List.of(Op.setData(address.node(path), stored, expectedVersion)))
            .getFirst());
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
   * we are stopped in between, is a whole tree still, of whole records.
   */
  void deleteTree(ZooKeeper client, String path, NodeTree tree)
      throws KeeperException, InterruptedException {
    List<Op> deletions = new ArrayList<>();
    for (List<String> record : tree.records(client, address.node(path))) {
      if (!deletions.isEmpty() && deletions.size() + record.size() > DELETED_TOGETHER_MAX) {
        write(client, path, deletions);
        deletions.clear();
      }
      record.forEach(node -> deletions.add(Op.delete(node, ANY_VERSION)));
    }
    if (!deletions.isEmpty()) { // else it is gone already, as wanted
      write(client, path, deletions);
    }
  }

  /**
   * All of it or nothing, and only what the fence lets through.
   *
   * @param path to name in a refusal
   * @return the result of each, in order
   */
  List<OpResult> write(ZooKeeper client, String path, List<Op> writes)
      throws KeeperException, InterruptedException {
    List<Op> guards = fence.guards();
    List<Op> all = new ArrayList<>(guards);
    all.addAll(writes);
    try {
      return client.multi(all).subList(guards.size(), all.size());
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

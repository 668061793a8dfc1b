package io.mesocosm.coordination;

import io.mesocosm.coordination.NodeChange.Fill;
import io.mesocosm.coordination.NodeChange.Make;
import io.mesocosm.coordination.NodeChange.Remove;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;

/**
 * The operations that bring changes about, all at once, given which nodes are there. Of two
 * contents of one record only the last is written: nobody could have seen the other.
 */
final class Transaction {
  /** Of a server's limit of 1,048,575, less what the fence needs. */
  private static final int BYTES_MAX = 1_020_000;

  private static final int OPERATIONS_MAX = 3_000;

  /**
   * Of one operation, beside its path and its content: how it is sent, and how a server writes it
   * to its log, with who may read it; older servers fail to read longer entries than they take.
   */
  private static final int FRAME_BYTES = 96;

  private final ZooKeeperAddress address;
  private final NodeAccess access;
  private final Presence before;

  /** Where this transaction changes what is there; sorted, so that what is below a node is near. */
  private final NavigableMap<String, Boolean> thereByNode = new TreeMap<>();

  private final List<Op> operations = new ArrayList<>();
  private final Map<String, Integer> filledAt = new HashMap<>();
  private long bytes;

  private Transaction(ZooKeeperAddress address, NodeAccess access, Presence before) {
    this.address = address;
    this.access = access;
    this.before = before;
  }

  static Transaction of(
      ZooKeeperAddress address, NodeAccess access, List<NodeChange> changes, Presence before) {
    Transaction transaction = new Transaction(address, access, before);
    Map<String, Integer> lastFillByPath = new HashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i) instanceof Fill(String path, byte[] _)) {
        lastFillByPath.put(path, i);
      }
    }
    for (int i = 0; i < changes.size(); i++) {
      switch (changes.get(i)) {
        case Fill fill -> {
          if (lastFillByPath.getOrDefault(fill.path(), i) == i) { // else another follows
            transaction.fill(fill);
          }
        }
        case Make(String path) -> transaction.make(path);
        case Remove(String path) -> transaction.remove(address.node(path));
      }
    }
    return transaction;
  }

  List<Op> operations() {
    return operations;
  }

  /** Where the operation stands that gives each record its content, by path. */
  Map<String, Integer> filledAt() {
    return filledAt;
  }

  boolean fits() {
    return operations.size() <= OPERATIONS_MAX && bytes <= BYTES_MAX;
  }

  /** Which nodes are there or gone when it is done. */
  Map<String, Boolean> thereByNode() {
    return thereByNode;
  }

  private void fill(Fill fill) {
    String node = address.node(fill.path());
    if (isThere(node)) {
      add(Op.setData(node, fill.stored(), NodeWriter.ANY_VERSION), fill.stored().length);
    } else {
      makeFolder(NodeAccess.parent(node));
      add(
          Op.create(node, fill.stored(), access.secret(), CreateMode.PERSISTENT),
          fill.stored().length);
    }
    thereByNode.put(node, true);
    filledAt.put(fill.path(), operations.size() - 1);
  }

  private void make(String path) {
    String node = address.node(path);
    if (!isThere(node)) {
      makeFolder(NodeAccess.parent(node));
      add(Op.create(node, new byte[0], access.secret(), CreateMode.PERSISTENT), 0);
      thereByNode.put(node, true);
    }
  }

  private void makeFolder(String node) {
    if (node.isEmpty() || isThere(node)) {
      return;
    }
    makeFolder(NodeAccess.parent(node));
    add(Op.create(node, new byte[0], access.ofFolder(node), CreateMode.PERSISTENT), 0);
    thereByNode.put(node, true);
  }

  private void remove(String node) {
    if (!isThere(node)) {
      return;
    }
    NavigableSet<String> below =
        new TreeSet<>(thereByNode.subMap(node + "/", node + (char) ('/' + 1)).keySet());
    below.addAll(before.below(node));
    // Backwards, what is below a node comes before it.
    below.descendingSet().stream().filter(this::isThere).forEach(this::removeOne);
    removeOne(node);
  }

  private void removeOne(String node) {
    add(Op.delete(node, NodeWriter.ANY_VERSION), 0);
    thereByNode.put(node, false);
  }

  private boolean isThere(String node) {
    Boolean changed = thereByNode.get(node);
    return changed == null ? before.isThere(node) : changed;
  }

  private void add(Op operation, int contentBytes) {
    operations.add(operation);
    bytes +=
        FRAME_BYTES + contentBytes + operation.getPath().getBytes(StandardCharsets.UTF_8).length;
  }
}

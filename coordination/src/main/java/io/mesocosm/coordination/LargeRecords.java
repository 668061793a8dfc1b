package io.mesocosm.coordination;

import io.mesocosm.coordination.NodeChange.Make;
import io.mesocosm.coordination.NodeContent.Split;
import io.mesocosm.coordination.NodeWriter.Outcome;
import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * How records are written that need several nodes: first the parts of a new generation, each in a
 * transaction of its own, below the record's node; then the head, together with the removal of all
 * other parts, if those of ours are all there. So a reader finds the old record or the new one, and
 * who is stopped in between leaves parts that the next write of the record removes.
 */
final class LargeRecords {
  private static final int ATTEMPTS_MAX = 100; // others would have to write the record each time
  private static final int REMOVED_TOGETHER_MAX = 500;

  private final ZooKeeperAddress address;
  private final NodeAccess access;
  private final NodeWriter writer;
  private final BatchWriter batches;
  private final KnownNodes known;

  LargeRecords(ZooKeeperAddress address, NodeWriter writer, BatchWriter batches, KnownNodes known) {
    this.address = address;
    this.access = new NodeAccess(address);
    this.writer = writer;
    this.batches = batches;
    this.known = known;
  }

  /** Writes a record whatever was there. */
  Outcome put(ZooKeeper client, String path, Split content)
      throws KeeperException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        makeNode(client, path);
        return writeHead(client, path, writeParts(client, path, content), NodeWriter.ANY_VERSION);
      } catch (KeeperException.NoNodeException _) {
        known.forget(address.node(path)); // somebody removed the record, or our parts
      }
    }
    throw new StoreUnavailableException(
        "others write record " + path + " all the time",
        new IllegalStateException(ATTEMPTS_MAX + " attempts"));
  }

  /** Makes a record's node without content, and the folders above it, if they are missing. */
  void makeNode(ZooKeeper client, String path) throws KeeperException, InterruptedException {
    if (batches.write(client, List.of(new Make(path))).isEmpty()) {
      throw new IllegalStateException("one node, " + path + ", is too much for a transaction");
    }
  }

  /**
   * Writes the parts of a record below its node, which must be there.
   *
   * @return what is to become the record's head
   */
  PartsHead writeParts(ZooKeeper client, String path, Split content)
      throws KeeperException, InterruptedException {
    PartsHead head = content.head(ThreadLocalRandom.current().nextLong());
    for (int i = 0; i < head.parts(); i++) {
      writer.write(
          client,
          path,
          List.of(
              Op.create(
                  part(path, head.partName(i)),
                  head.part(content.packed(), i),
                  access.secret(),
                  CreateMode.PERSISTENT)));
    }
    return head;
  }

  /**
   * Makes the parts the record.
   *
   * @throws KeeperException.NoNodeException if one of the parts is gone, or the record
   */
  Outcome writeHead(ZooKeeper client, String path, PartsHead head, int expectedVersion)
      throws KeeperException, InterruptedException {
    List<String> own = head.partNames();
    List<Op> operations = new ArrayList<>();
    for (String name : own) {
      operations.add(Op.check(part(path, name), NodeWriter.ANY_VERSION));
    }
    operations.add(Op.setData(address.node(path), head.stored(), expectedVersion));
    partNames(client, path).stream()
        .filter(name -> !own.contains(name))
        .limit(REMOVED_TOGETHER_MAX)
        .forEach(name -> operations.add(Op.delete(part(path, name), NodeWriter.ANY_VERSION)));
    List<OpResult> results = writer.write(client, path, operations);
    return NodeWriter.outcome(path, results.get(own.size()));
  }

  /** Removes what a record does not consist of, unless somebody writes it at the same time. */
  void removeStrays(ZooKeeper client, String path) throws KeeperException, InterruptedException {
    List<String> names = partNames(client, path);
    if (names.isEmpty()) {
      return;
    }
    try {
      Stat stat = new Stat();
      byte[] stored = client.getData(address.node(path), false, stat);
      List<String> own =
          Optional.ofNullable(stored)
              .filter(StoredFrame::isHeadOfParts)
              .map(head -> PartsHead.parse(path, head).partNames())
              .orElse(List.of());
      List<Op> operations = new ArrayList<>();
      operations.add(Op.check(address.node(path), stat.getVersion()));
      names.stream()
          .filter(name -> !own.contains(name))
          .limit(REMOVED_TOGETHER_MAX)
          .forEach(name -> operations.add(Op.delete(part(path, name), NodeWriter.ANY_VERSION)));
      if (operations.size() > 1) {
        writer.write(client, path, operations);
      }
    } catch (KeeperException.NoNodeException | KeeperException.BadVersionException _) {
      return; // that one sees to them
    }
  }

  private List<String> partNames(ZooKeeper client, String path)
      throws KeeperException, InterruptedException {
    try {
      return client.getChildren(address.node(path), false).stream()
          .filter(name -> name.startsWith(RecordPath.PART))
          .toList();
    } catch (KeeperException.NoNodeException _) {
      return List.of();
    }
  }

  private String part(String path, String name) {
    return RecordPath.child(address.node(path), name);
  }
}

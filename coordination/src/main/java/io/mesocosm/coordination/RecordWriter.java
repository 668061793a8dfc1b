package io.mesocosm.coordination;

import io.mesocosm.coordination.NodeChange.Fill;
import io.mesocosm.coordination.NodeChange.Remove;
import io.mesocosm.coordination.NodeContent.Split;
import io.mesocosm.coordination.NodeContent.Whole;
import io.mesocosm.coordination.NodeWriter.Outcome;
import io.mesocosm.coordination.VersionedStore.VersionConflictException;
import io.mesocosm.coordination.VersionedStore.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * How a store writes records, over lost connections. What can be repeated without harm is. A new
 * record and a replacement are sent once: a second attempt would meet the first one's success and
 * call it a conflict.
 */
final class RecordWriter {
  /** Of paths and contents: with all that ZooKeeper adds, a transaction takes it, most likely. */
  private static final int BYTES_TOGETHER = 850_000;

  private final ZooKeeperAddress address;
  private final ZooKeeperCalls calls;
  private final NodeWriter writer;
  private final BatchWriter batches;
  private final LargeRecords large;
  private final NodeTree tree;

  RecordWriter(
      ZooKeeperAddress address,
      Fence fence,
      ZooKeeperCalls calls,
      KnownNodes known,
      Pipeline pipeline) {
    this.address = address;
    this.calls = calls;
    this.writer = new NodeWriter(address, fence);
    this.batches = new BatchWriter(address, writer, known, pipeline);
    this.large = new LargeRecords(address, writer, batches, known);
    this.tree = new NodeTree(pipeline);
  }

  /**
   * Makes a record that is not there.
   *
   * @return its version
   */
  int create(String path, byte[] bytes) {
    return switch (NodeContent.of(path, bytes)) {
      case Whole whole -> createWhole(path, whole.stored());
      case Split split -> createSplit(path, split);
    };
  }

  /**
   * @return its new version
   */
  int replace(String path, byte[] bytes, long expectedVersion) {
    int expected = (int) expectedVersion;
    if (expected < 0 || expected != expectedVersion) { // to ZooKeeper, -1 means any
      throw new VersionConflictException(path, expectedVersion);
    }
    NodeContent content = NodeContent.of(path, bytes);
    Optional<PartsHead> head =
        content instanceof Split split
            ? Optional.of(calls.write(path, client -> parts(client, path, split, expected)))
            : Optional.empty();
    Outcome written =
        calls.writeOnce(
            path,
            client -> {
              try {
                return content instanceof Whole(byte[] stored)
                    ? writer.set(client, path, stored, expected)
                    : large.writeHead(client, path, head.orElseThrow(), expected);
              } catch (KeeperException.BadVersionException | KeeperException.NoNodeException _) {
                throw new VersionConflictException(path, expectedVersion);
              }
            });
    tidy(content, List.of(written));
    return written.version();
  }

  /**
   * @return its version
   */
  int put(String path, byte[] bytes) {
    return switch (NodeContent.of(path, bytes)) {
      case Whole whole -> {
        Outcome written =
            calls.write(
                path,
                client ->
                    batches
                        .write(client, List.of(new Fill(path, whole.stored())))
                        .orElseThrow()
                        .getFirst());
        tidy(whole, List.of(written));
        yield written.version();
      }
      case Split split -> calls.write(path, client -> large.put(client, path, split)).version();
    };
  }

  void delete(String path) {
    calls.write(
        path,
        client -> {
          while (true) { // until nobody writes below the record between two calls
            try {
              writer.deleteTree(client, path, tree);
              return path;
            } catch (KeeperException.NotEmptyException | KeeperException.NoNodeException _) {
              continue;
            }
          }
        });
  }

  void writeAll(List<Write> writes) {
    List<NodeChange> together = new ArrayList<>();
    long bytes = 0;
    for (Write write : writes) {
      NodeChange change;
      switch (write) {
        case Write.Put(String path, byte[] record) -> {
          NodeContent content = NodeContent.of(path, record);
          if (content instanceof Split split) {
            writeTogether(together);
            together.clear();
            bytes = 0;
            calls.write(path, client -> large.put(client, path, split));
            continue;
          }
          change = new Fill(path, ((Whole) content).stored());
        }
        case Write.Delete(String path) -> change = new Remove(path);
      }
      long more = size(change);
      if (together.size() == VersionedStore.TOGETHER_MAX || bytes + more > BYTES_TOGETHER) {
        writeTogether(together);
        together.clear();
        bytes = 0;
      }
      together.add(change);
      bytes += more;
    }
    writeTogether(together);
  }

  /** In halves, if it does not fit in a transaction. */
  private void writeTogether(List<NodeChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    List<NodeChange> all = List.copyOf(changes);
    Optional<List<Outcome>> outcomes =
        calls.write(all.getFirst().path(), client -> batches.write(client, all));
    if (outcomes.isPresent()) {
      outcomes.get().stream().filter(Outcome::hasChildren).forEach(this::removeStrays);
    } else {
      int half = all.size() / 2;
      writeTogether(all.subList(0, half));
      writeTogether(all.subList(half, all.size()));
    }
  }

  private static long size(NodeChange change) {
    return change instanceof Fill(String path, byte[] stored)
        ? path.length() + stored.length
        : change.path().length();
  }

  private int createWhole(String path, byte[] stored) {
    boolean taken =
        calls.write(
            path,
            client -> {
              writer.makeParents(client, path);
              return client.exists(address.node(path), false) != null;
            });
    Outcome written =
        calls.writeOnce(
            path,
            client -> {
              try {
                if (!taken) {
                  writer.create(client, path, stored);
                  return new Outcome(path, 0, false);
                }
                return writer.set(client, path, stored, folderVersion(client, path));
              } catch (KeeperException.NodeExistsException
                  | KeeperException.BadVersionException _) {
                throw VersionConflictException.exists(path);
              }
            });
    if (written.hasChildren()) {
      removeStrays(written);
    }
    return written.version();
  }

  private record Begun(PartsHead head, int version) {}

  private int createSplit(String path, Split split) {
    Begun begun =
        calls.write(
            path,
            client -> {
              large.makeNode(client, path);
              int version = folderVersion(client, path);
              return new Begun(large.writeParts(client, path, split), version);
            });
    return calls
        .writeOnce(
            path,
            client -> {
              try {
                return large.writeHead(client, path, begun.head(), begun.version());
              } catch (KeeperException.BadVersionException | KeeperException.NoNodeException _) {
                throw VersionConflictException.exists(path);
              }
            })
        .version();
  }

  /** A node without content is the folder of other records, and no record yet. */
  private int folderVersion(ZooKeeper client, String path)
      throws KeeperException, InterruptedException {
    Stat stat = new Stat();
    byte[] present = client.getData(address.node(path), false, stat);
    if (present != null && present.length > 0) {
      throw VersionConflictException.exists(path);
    }
    return stat.getVersion();
  }

  private PartsHead parts(ZooKeeper client, String path, Split split, int expectedVersion)
      throws KeeperException, InterruptedException {
    Stat stat = client.exists(address.node(path), false);
    if (stat == null || stat.getVersion() != expectedVersion) {
      throw new VersionConflictException(path, expectedVersion);
    }
    try {
      return large.writeParts(client, path, split);
    } catch (KeeperException.NoNodeException _) {
      throw new VersionConflictException(path, expectedVersion);
    }
  }

  /** What is below a record that is whole may be parts of what it was before. */
  private void tidy(NodeContent content, List<Outcome> written) {
    if (content instanceof Whole) {
      written.stream().filter(Outcome::hasChildren).forEach(this::removeStrays);
    }
  }

  private void removeStrays(Outcome written) {
    calls.write(
        written.path(),
        client -> {
          large.removeStrays(client, written.path());
          return written;
        });
  }
}

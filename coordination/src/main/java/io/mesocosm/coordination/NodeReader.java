package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import io.mesocosm.coordination.VersionedStore.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * How a store reads records from their nodes. It repeats nothing that a lost connection ended.
 *
 * <p>Those of a folder are read several with a call, which costs a tenth of a call each. Servers
 * before ZooKeeper 3.6 do not know such calls and say so; then each gets one of its own.
 */
final class NodeReader {
  private static final int OK = KeeperException.Code.OK.intValue();
  private static final int READ_TOGETHER = 50; // 45 MB in one answer at most

  private final ZooKeeperAddress address;
  private final KnownNodes known;
  private final Pipeline pipeline;
  private final Pipeline groups;

  NodeReader(ZooKeeperAddress address, KnownNodes known, Pipeline pipeline) {
    this.address = address;
    this.known = known;
    this.pipeline = pipeline;
    this.groups = new Pipeline(pipeline.patience(), Pipeline.UNDER_WAY_MAX / READ_TOGETHER);
  }

  /**
   * What a call for several answers.
   *
   * @param results one each; empty if the call failed as a whole, which the code tells then
   */
  private record Answer(int code, List<OpResult> results) {}

  private record Read(int code, byte[] stored, Stat stat) {
    static Read of(OpResult result) {
      return switch (result) {
        case OpResult.GetDataResult read -> new Read(OK, read.getData(), read.getStat());
        case OpResult.ErrorResult error -> new Read(error.getErr(), new byte[0], new Stat());
        default -> throw new IllegalStateException("ZooKeeper answered a read with " + result);
      };
    }

    /** Whether it is there. */
    boolean isPresent(String path) throws KeeperException {
      if (code == KeeperException.Code.NONODE.intValue()) {
        return false;
      }
      if (code != OK) {
        throw KeeperException.create(KeeperException.Code.get(code), path);
      }
      return true;
    }

    /** A node without content is the folder of other records, and no record. */
    boolean isFolder() {
      return stored == null || stored.length == 0;
    }
  }

  private interface Reading {
    void take(String path, Read read) throws KeeperException;
  }

  Optional<Versioned> get(ZooKeeper client, String path)
      throws KeeperException, InterruptedException {
    String node = address.node(path);
    long headSeen = -1;
    while (true) {
      Stat stat = new Stat();
      byte[] stored;
      try {
        stored = client.getData(node, false, stat);
      } catch (KeeperException.NoNodeException _) {
        known.forget(node);
        return Optional.empty();
      }
      known.add(node);
      if (stored == null || stored.length == 0) {
        return Optional.empty(); // a folder
      }
      if (!StoredFrame.isHeadOfParts(stored)) {
        return Optional.of(new Versioned(StoredFrame.unwrap(path, stored), stat.getVersion()));
      }
      PartsHead head = PartsHead.parse(path, stored);
      List<byte[]> parts = parts(client, node, head);
      if (parts.size() == head.parts()) {
        return Optional.of(new Versioned(head.record(path, parts), stat.getVersion()));
      }
      if (stat.getMzxid() == headSeen) {
        throw new CorruptRecordException(
            path, "of its " + head.parts() + " parts only " + parts.size() + " are there");
      }
      headSeen = stat.getMzxid(); // replaced between two calls, or torn: the next look tells
    }
  }

  /** The records directly below a folder. */
  SortedMap<String, Versioned> children(ZooKeeper client, String folder)
      throws KeeperException, InterruptedException {
    SortedMap<String, Versioned> found = new TreeMap<>();
    List<String> split = new ArrayList<>();
    read(
        client,
        paths(client, folder),
        (path, read) -> {
          if (!read.isPresent(path)) {
            return; // deleted since the names came
          }
          known.add(address.node(path));
          if (read.isFolder()) {
            return;
          }
          if (StoredFrame.isHeadOfParts(read.stored())) {
            split.add(path);
          } else {
            found.put(
                path,
                new Versioned(StoredFrame.unwrap(path, read.stored()), read.stat().getVersion()));
          }
        });
    for (String path : split) {
      get(client, path).ifPresent(record -> found.put(path, record));
    }
    return found;
  }

  private void read(ZooKeeper client, List<String> paths, Reading taker)
      throws KeeperException, InterruptedException {
    List<List<String>> together = new ArrayList<>();
    for (int from = 0; from < paths.size(); from += READ_TOGETHER) {
      together.add(paths.subList(from, Math.min(paths.size(), from + READ_TOGETHER)));
    }
    groups.<List<String>, Answer>run(
        together,
        (group, answer) ->
            client.multi(
                group.stream().map(path -> Op.getData(address.node(path))).toList(),
                (code, _, _, results) ->
                    answer.complete(new Answer(code, results == null ? List.of() : results)),
                null),
        (group, answer) -> {
          if (answer.code() == KeeperException.Code.UNIMPLEMENTED.intValue()) {
            readOneByOne(client, group, taker);
            return;
          }
          if (answer.results().isEmpty()) {
            throw KeeperException.create(KeeperException.Code.get(answer.code()), group.getFirst());
          }
          for (int i = 0; i < group.size(); i++) {
            taker.take(group.get(i), Read.of(answer.results().get(i)));
          }
        });
  }

  private void readOneByOne(ZooKeeper client, List<String> paths, Reading taker)
      throws KeeperException, InterruptedException {
    pipeline.<String, Read>run(
        paths, (path, answer) -> send(client, address.node(path), answer), taker::take);
  }

  private List<String> paths(ZooKeeper client, String folder)
      throws KeeperException, InterruptedException {
    try {
      return client.getChildren(address.node(folder), false).stream()
          .filter(name -> !name.startsWith(RecordPath.PART))
          .sorted()
          .map(name -> RecordPath.child(folder, name))
          .toList();
    } catch (KeeperException.NoNodeException _) {
      return List.of();
    }
  }

  /** Those that are there. */
  private List<byte[]> parts(ZooKeeper client, String node, PartsHead head)
      throws KeeperException, InterruptedException {
    List<byte[]> parts = new ArrayList<>();
    pipeline.<String, Read>run(
        head.partNames(),
        (name, answer) -> send(client, RecordPath.child(node, name), answer),
        (name, read) -> {
          if (read.isPresent(name)) {
            parts.add(read.stored());
          }
        });
    return parts;
  }

  private static void send(ZooKeeper client, String node, CompletableFuture<Read> answer) {
    client.getData(
        node,
        false,
        (code, _, _, stored, stat) -> answer.complete(new Read(code, stored, stat)),
        null);
  }
}

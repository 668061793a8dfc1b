package io.mesocosm.coordination;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Records in ZooKeeper, one node each, below one path. With credentials, only their owner may write
 * and read.
 *
 * <p>What can be repeated without harm is, while the connection is lost, for the time-out. {@link
 * #create} and {@link #replace} are sent once: a second attempt would meet the first one's success
 * and call it a conflict. Every write is a transaction that begins with what the store's {@link
 * Fence} demands.
 */
public final class ZooKeeperStore implements VersionedStore {
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Duration SESSION = Duration.ofSeconds(10);

  private final ZooKeeperAddress address;
  private final Fence fence;
  private final NodeWriter writer;
  private final ZooKeeperCalls calls;
  private final Duration timeout;

  ZooKeeperStore(Sessions sessions, ZooKeeperAddress address, Fence fence, Duration timeout) {
    this.address = address;
    this.fence = fence;
    this.writer = new NodeWriter(address, fence);
    this.calls = new ZooKeeperCalls(sessions, fence, timeout);
    this.timeout = timeout;
  }

  /**
   * Connects, waiting for the first session.
   *
   * @throws StoreUnavailableException naming the address, if there is none within 10 seconds
   */
  public static ZooKeeperStore connect(ZooKeeperAddress address) {
    return connect(address, TIMEOUT);
  }

  /**
   * Connects, waiting for the first session.
   *
   * @param timeout how long to wait for it; and later, for how long calls are repeated while the
   *     connection is lost. No hard bound: what ZooKeeper's client waits by itself, some seconds,
   *     comes on top
   * @throws StoreUnavailableException naming the address, if there is no session in time
   */
  public static ZooKeeperStore connect(ZooKeeperAddress address, Duration timeout) {
    ZooKeeperStore store =
        new ZooKeeperStore(new Sessions.Own(address, SESSION), address, Fence.NONE, timeout);
    boolean connected = false;
    try {
      store.calls.connect();
      connected = true;
    } finally {
      if (!connected) {
        store.close();
      }
    }
    return store;
  }

  @Override
  public Optional<Versioned> get(String path) {
    RecordPath.requireRecord(path);
    return calls.read(
        path,
        client -> {
          try {
            Stat stat = new Stat();
            byte[] stored = client.getData(node(path), false, stat);
            return record(path, stored, stat);
          } catch (KeeperException.NoNodeException _) {
            return Optional.empty();
          }
        });
  }

  @Override
  public SortedMap<String, Versioned> children(String folder) {
    RecordPath.requireFolder(folder);
    return calls.read(
        folder,
        client -> {
          // All reads are under way at once: a thousand records cost a few round trips.
          Map<String, CompletableFuture<Read>> reads = new LinkedHashMap<>();
          for (String name : names(client, folder)) {
            String path = RecordPath.child(folder, name);
            CompletableFuture<Read> read = new CompletableFuture<>();
            client.getData(
                node(path),
                false,
                (code, _, _, stored, stat) -> read.complete(new Read(code, stored, stat)),
                null);
            reads.put(path, read);
          }
          SortedMap<String, Versioned> found = new TreeMap<>();
          for (Map.Entry<String, CompletableFuture<Read>> read : reads.entrySet()) {
            String path = read.getKey();
            read.getValue()
                .get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
                .record(path)
                .ifPresent(record -> found.put(path, record));
          }
          return found;
        });
  }

  @Override
  public Versioned create(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    byte[] stored = StoredFrame.wrap(path, bytes);
    boolean taken =
        calls.write(
            path,
            client -> {
              writer.makeParents(client, path);
              return client.exists(node(path), false) != null;
            });
    return calls.writeOnce(
        path,
        client -> {
          try {
            if (taken) {
              return fillFolder(client, path, bytes, stored);
            }
            writer.create(client, path, stored);
            return new Versioned(bytes.clone(), 0);
          } catch (KeeperException.NodeExistsException | KeeperException.BadVersionException _) {
            throw VersionConflictException.exists(path);
          }
        });
  }

  @Override
  public Versioned replace(String path, byte[] bytes, long expectedVersion) {
    RecordPath.requireRecord(path);
    byte[] stored = StoredFrame.wrap(path, bytes);
    return calls.writeOnce(
        path,
        client -> {
          try {
            int expected = Math.toIntExact(expectedVersion);
            if (expected < 0) { // to ZooKeeper, -1 means any
              throw new VersionConflictException(path, expectedVersion);
            }
            return set(client, path, bytes, stored, expected);
          } catch (KeeperException.BadVersionException | KeeperException.NoNodeException _) {
            throw new VersionConflictException(path, expectedVersion);
          }
        });
  }

  @Override
  public Versioned put(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    byte[] stored = StoredFrame.wrap(path, bytes);
    return calls.write(
        path,
        client -> {
          while (true) { // until nobody makes or removes the record between two calls
            try {
              return set(client, path, bytes, stored, NodeWriter.ANY_VERSION);
            } catch (KeeperException.NoNodeException _) {
              writer.makeParents(client, path);
            }
            try {
              writer.create(client, path, stored);
              return new Versioned(bytes.clone(), 0);
            } catch (KeeperException.NodeExistsException | KeeperException.NoNodeException _) {
              continue;
            }
          }
        });
  }

  @Override
  public void delete(String path) {
    RecordPath.requireRecord(path);
    calls.write(
        path,
        client -> {
          while (true) { // until nobody writes below the record between two calls
            try {
              writer.deleteTree(client, path);
              return path;
            } catch (KeeperException.NotEmptyException | KeeperException.NoNodeException _) {
              continue;
            }
          }
        });
  }

  /** Those of an election end with it. */
  @Override
  public void requireLead() {
    fence.requireOpen("/");
  }

  @Override
  public void close() {
    calls.close();
  }

  private record Read(int code, byte[] stored, Stat stat) {
    Optional<Versioned> record(String path) throws KeeperException {
      KeeperException.Code answer = KeeperException.Code.get(code);
      if (answer == KeeperException.Code.NONODE) {
        return Optional.empty(); // deleted since the names came
      }
      if (answer != KeeperException.Code.OK) {
        throw KeeperException.create(answer, path);
      }
      return ZooKeeperStore.record(path, stored, stat);
    }
  }

  /** A node without content is the folder of other records, and no record yet. */
  private Versioned fillFolder(ZooKeeper client, String path, byte[] bytes, byte[] stored)
      throws KeeperException, InterruptedException {
    Stat stat = new Stat();
    byte[] present = client.getData(node(path), false, stat);
    if (present != null && present.length > 0) {
      throw VersionConflictException.exists(path);
    }
    return set(client, path, bytes, stored, stat.getVersion());
  }

  private Versioned set(
      ZooKeeper client, String path, byte[] bytes, byte[] stored, int expectedVersion)
      throws KeeperException, InterruptedException {
    return new Versioned(bytes.clone(), writer.set(client, path, stored, expectedVersion));
  }

  private List<String> names(ZooKeeper client, String folder)
      throws KeeperException, InterruptedException {
    try {
      return client.getChildren(node(folder), false);
    } catch (KeeperException.NoNodeException _) {
      return List.of();
    }
  }

  private static Optional<Versioned> record(String path, byte[] stored, Stat stat) {
    return stored == null || stored.length == 0
        ? Optional.empty() // a folder
        : Optional.of(new Versioned(StoredFrame.unwrap(path, stored), stat.getVersion()));
  }

  private String node(String path) {
    return address.node(path);
  }
}

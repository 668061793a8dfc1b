package io.mesocosm.coordination;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Records in ZooKeeper, one node each, below one path. With credentials, only their owner may write
 * and read. A record that is too large for a node is deflated, and if it still is, in parts below
 * its node ({@link LargeRecords}).
 *
 * <p>What can be repeated without harm is, while the connection is lost, for the time-out. {@link
 * #create} and {@link #replace} are sent once: a second attempt would meet the first one's success
 * and call it a conflict. Every write is a transaction that begins with what the store's {@link
 * Fence} demands.
 */
public final class ZooKeeperStore implements VersionedStore {
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Duration SESSION = Duration.ofSeconds(10);

  private final Fence fence;
  private final ZooKeeperCalls calls;
  private final NodeReader reader;
  private final RecordWriter writer;

  ZooKeeperStore(Sessions sessions, ZooKeeperAddress address, Fence fence, Duration timeout) {
    this.fence = fence;
    this.calls = new ZooKeeperCalls(sessions, fence, timeout);
    KnownNodes known = new KnownNodes();
    Pipeline pipeline = new Pipeline(timeout.multipliedBy(2));
    this.reader = new NodeReader(address, known, pipeline);
    this.writer = new RecordWriter(address, fence, calls, known, pipeline);
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
    return calls.read(path, client -> reader.get(client, path));
  }

  @Override
  public SortedMap<String, Versioned> children(String folder) {
    RecordPath.requireFolder(folder);
    return calls.read(folder, client -> reader.children(client, folder));
  }

  @Override
  public Versioned create(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    return new Versioned(bytes.clone(), writer.create(path, bytes));
  }

  @Override
  public Versioned replace(String path, byte[] bytes, long expectedVersion) {
    RecordPath.requireRecord(path);
    return new Versioned(bytes.clone(), writer.replace(path, bytes, expectedVersion));
  }

  @Override
  public Versioned put(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    return new Versioned(bytes.clone(), writer.put(path, bytes));
  }

  @Override
  public void delete(String path) {
    RecordPath.requireRecord(path);
    writer.delete(path);
  }

  /**
   * As few transactions as fit. A record that needs several nodes is written by itself, between
   * those before it and those after it.
   */
  @Override
  public void writeAll(List<Write> writes) {
    writes.forEach(StoredFrame::requireWritable);
    writer.writeAll(writes);
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
}

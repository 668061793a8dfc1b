package io.mesocosm.coordination;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.retry.RetryUntilElapsed;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Records in ZooKeeper, one node each, below one path. With credentials, only their owner may write
 * and read.
 *
 * <p>What can be repeated without harm is, while the connection is lost, for the time-out. {@link
 * #create} and {@link #replace} are sent once: a second attempt would meet the first one's success
 * and call it a conflict.
 */
public final class ZooKeeperStore implements VersionedStore {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final int RETRY_MILLIS = 50;

  private final CuratorFramework curator;
  private final ZooKeeperAddress address;
  private final List<ACL> access;
  private final Duration timeout;

  private ZooKeeperStore(
      CuratorFramework curator, ZooKeeperAddress address, List<ACL> access, Duration timeout) {
    this.curator = curator;
    this.address = address;
    this.access = access;
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
    List<ACL> access =
        address.credentials().isPresent()
            ? ZooDefs.Ids.CREATOR_ALL_ACL
            : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    int timeoutMillis = Math.toIntExact(timeout.toMillis());
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(address.servers())
            .retryPolicy(new RetryUntilElapsed(timeoutMillis, RETRY_MILLIS))
            .sessionTimeoutMs(Math.toIntExact(SESSION.toMillis()))
            .connectionTimeoutMs(timeoutMillis)
            .aclProvider(new OneAccess(access))
            .dontUseContainerParents();
    address
        .credentials()
        .ifPresent(credentials ->
            builder.authorization("digest", credentials.getBytes(StandardCharsets.UTF_8)));
    ZooKeeperStore store = new ZooKeeperStore(builder.build(), address, access, timeout);
    store.curator.start();
    boolean connected = false;
    try {
      store.awaitConnection();
      connected = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while connecting to " + address, e);
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
    return run(
        path,
        () -> {
          try {
            Stat stat = new Stat();
            byte[] stored = curator.getData().storingStatIn(stat).forPath(node(path));
            return record(path, stored, stat);
          } catch (KeeperException.NoNodeException _) {
            return Optional.empty();
          }
        });
  }

  @Override
  public SortedMap<String, Versioned> children(String folder) {
    RecordPath.requireFolder(folder);
    return run(
        folder,
        () -> {
          // All reads are under way at once: a thousand records cost a few round trips.
          Map<String, CompletableFuture<CuratorEvent>> answers = new LinkedHashMap<>();
          for (String name : names(folder)) {
            String path = RecordPath.child(folder, name);
            CompletableFuture<CuratorEvent> answer = new CompletableFuture<>();
            curator
                .getData()
                .inBackground((_, event) -> answer.complete(event))
                .forPath(node(path));
            answers.put(path, answer);
          }
          SortedMap<String, Versioned> found = new TreeMap<>();
          for (Map.Entry<String, CompletableFuture<CuratorEvent>> answer : answers.entrySet()) {
            CuratorEvent event =
                answer.getValue().get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS);
            KeeperException.Code code = KeeperException.Code.get(event.getResultCode());
            if (code == KeeperException.Code.OK) {
              record(answer.getKey(), event.getData(), event.getStat())
                  .ifPresent(record -> found.put(answer.getKey(), record));
            } else if (code != KeeperException.Code.NONODE) { // else deleted since the names came
              throw KeeperException.create(code, event.getPath());
            }
          }
          return found;
        });
  }

  @Override
  public Versioned create(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    byte[] stored = StoredFrame.wrap(path, bytes);
    return run(
        path,
        () -> {
          boolean taken =
              curator.checkExists().creatingParentsIfNeeded().forPath(node(path)) != null;
          try {
            return taken ? fillFolder(path, bytes, stored) : createOnce(path, bytes, stored);
          } catch (KeeperException.NodeExistsException | KeeperException.BadVersionException _) {
            throw VersionConflictException.exists(path);
          }
        });
  }

  @Override
  public Versioned replace(String path, byte[] bytes, long expectedVersion) {
    RecordPath.requireRecord(path);
    byte[] stored = StoredFrame.wrap(path, bytes);
    return run(
        path,
        () -> {
          try {
            int expected = Math.toIntExact(expectedVersion);
            if (expected < 0) { // to ZooKeeper, -1 means any
              throw new VersionConflictException(path, expectedVersion);
            }
            Stat stat = connected().setData(node(path), stored, expected);
            return new Versioned(bytes.clone(), stat.getVersion());
          } catch (KeeperException.BadVersionException | KeeperException.NoNodeException _) {
            throw new VersionConflictException(path, expectedVersion);
          }
        });
  }

  @Override
  public Versioned put(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    byte[] stored = StoredFrame.wrap(path, bytes);
    return run(
        path,
        () -> {
          try {
            Stat stat = curator.setData().forPath(node(path), stored);
            return new Versioned(bytes.clone(), stat.getVersion());
          } catch (KeeperException.NoNodeException _) {
            Stat stat = new Stat();
            curator
                .create()
                .orSetData()
                .storingStatIn(stat)
                .creatingParentsIfNeeded()
                .forPath(node(path), stored);
            return new Versioned(bytes.clone(), stat.getVersion());
          }
        });
  }

  @Override
  public void delete(String path) {
    RecordPath.requireRecord(path);
    run(
        path,
        () -> {
          try {
            curator.delete().deletingChildrenIfNeeded().forPath(node(path));
          } catch (KeeperException.NoNodeException _) {
            return path; // gone already, as wanted
          }
          return path;
        });
  }

  @Override
  public void close() {
    curator.close();
  }

  private Versioned createOnce(String path, byte[] bytes, byte[] stored) throws Exception {
    Stat stat = new Stat();
    connected().create(node(path), stored, access, CreateMode.PERSISTENT, stat);
    return new Versioned(bytes.clone(), stat.getVersion());
  }

  /** A node without content is the folder of other records, and no record yet. */
  private Versioned fillFolder(String path, byte[] bytes, byte[] stored) throws Exception {
    Stat stat = new Stat();
    byte[] present = connected().getData(node(path), false, stat);
    if (present != null && present.length > 0) {
      throw VersionConflictException.exists(path);
    }
    Stat filled = connected().setData(node(path), stored, stat.getVersion());
    return new Versioned(bytes.clone(), filled.getVersion());
  }

  private List<String> names(String folder) throws Exception {
    try {
      return curator.getChildren().forPath(node(folder));
    } catch (KeeperException.NoNodeException _) {
      return List.of();
    }
  }

  private static Optional<Versioned> record(String path, byte[] stored, Stat stat) {
    return stored == null || stored.length == 0
        ? Optional.empty() // a folder
        : Optional.of(new Versioned(StoredFrame.unwrap(path, stored), stat.getVersion()));
  }

  /** The node of a path of ours. */
  private String node(String path) {
    if (address.path().equals("/")) {
      return path;
    }
    return path.equals("/") ? address.path() : address.path() + path;
  }

  /** A handle that repeats nothing by itself. */
  private ZooKeeper connected() throws Exception {
    awaitConnection();
    return curator.getZookeeperClient().getZooKeeper();
  }

  private void awaitConnection() throws InterruptedException {
    if (!curator.blockUntilConnected(Math.toIntExact(timeout.toMillis()), TimeUnit.MILLISECONDS)) {
      throw new StoreUnavailableException(
          "ZooKeeper at "
              + address.servers()
              + " did not answer within "
              + timeout.toMillis()
              + " ms: is it running",
          new TimeoutException("no session"));
    }
  }

  private interface Operation<T> {
    T run() throws Exception;
  }

  private static <T> T run(String path, Operation<T> operation) {
    try {
      return operation.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted at record " + path, e);
    } catch (KeeperException.NoAuthException e) {
      throw new StoreUnavailableException(
          "ZooKeeper denies access to record "
              + path
              + ": check the user and password of the zk:// address",
          e);
    } catch (Exception e) {
      throw new StoreUnavailableException(
          "ZooKeeper failed at record " + path + ": " + e.getMessage(), e);
    }
  }

  private record OneAccess(List<ACL> access) implements ACLProvider {
    @Override
    public List<ACL> getDefaultAcl() {
      return access;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
      return access;
    }
  }
}

package io.mesocosm.coordination;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

/**
 * Records in ZooKeeper, one node each, below one path. With credentials, only their owner may write
 * and read.
 */
public final class ZooKeeperStore implements VersionedStore {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final ExponentialBackoffRetry RETRY = new ExponentialBackoffRetry(10, 5);

  private final CuratorFramework curator;
  private final String root;

  private ZooKeeperStore(CuratorFramework curator, String root) {
    this.curator = curator;
    this.root = root;
  }

  /**
   * Connects, waiting for the first session.
   *
   * @throws StoreUnavailableException naming the address, if there is none within 10 seconds
   */
  public static ZooKeeperStore connect(ZooKeeperAddress address) {
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(address.servers())
            .retryPolicy(RETRY)
            .sessionTimeoutMs((int) SESSION.toMillis())
            .connectionTimeoutMs((int) CONNECT_MAX.toMillis())
            .dontUseContainerParents();
    address
        .credentials()
        .ifPresent(credentials ->
            builder
                .authorization("digest", credentials.getBytes(StandardCharsets.UTF_8))
                .aclProvider(new OwnerOnly()));
    CuratorFramework curator = builder.build();
    curator.start();
    try {
      if (!curator.blockUntilConnected((int) CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        curator.close();
        throw new StoreUnavailableException(
            "ZooKeeper at "
                + address.servers()
                + " did not answer within "
                + CONNECT_MAX.toSeconds()
                + " s: is it running?",
            new IllegalStateException("no session"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      curator.close();
      throw new StoreUnavailableException(
          "interrupted while connecting to ZooKeeper at " + address.servers(), e);
    }
    return new ZooKeeperStore(curator, address.path().equals("/") ? "" : address.path());
  }

  @Override
  public Optional<Versioned> get(String path) {
    return run(
        path,
        () -> {
          try {
            Stat stat = new Stat();
            byte[] stored = curator.getData().storingStatIn(stat).forPath(root + path);
            // Nodes without content are the folders above records.
            return stored == null || stored.length == 0
                ? Optional.empty()
                : Optional.of(new Versioned(StoredFrame.unwrap(path, stored), stat.getVersion()));
          } catch (KeeperException.NoNodeException _) {
            return Optional.empty();
          }
        });
  }

  @Override
  public SortedMap<String, Versioned> children(String folder) {
    List<String> names =
        run(
            folder,
            () -> {
              try {
                return curator.getChildren().forPath(root + folder);
              } catch (KeeperException.NoNodeException _) {
                return List.of();
              }
            });
    SortedMap<String, Versioned> found = new TreeMap<>();
    for (String name : names) {
      String path = (folder.endsWith("/") ? folder : folder + "/") + name;
      get(path).ifPresent(record -> found.put(path, record));
    }
    return found;
  }

  @Override
  public Versioned create(String path, byte[] bytes) {
    byte[] stored = StoredFrame.wrap(path, bytes);
    return run(
        path,
        () -> {
          try {
            curator.create().creatingParentsIfNeeded().forPath(root + path, stored);
            return new Versioned(bytes.clone(), 0);
          } catch (KeeperException.NodeExistsException _) {
            throw new VersionConflictException(path, -1);
          }
        });
  }

  @Override
  public Versioned replace(String path, byte[] bytes, long expectedVersion) {
    byte[] stored = StoredFrame.wrap(path, bytes);
    return run(
        path,
        () -> {
          try {
            Stat stat =
                curator.setData().withVersion((int) expectedVersion).forPath(root + path, stored);
            return new Versioned(bytes.clone(), stat.getVersion());
          } catch (KeeperException.BadVersionException | KeeperException.NoNodeException _) {
            throw new VersionConflictException(path, expectedVersion);
          }
        });
  }

  @Override
  public Versioned put(String path, byte[] bytes) {
    byte[] stored = StoredFrame.wrap(path, bytes);
    return run(
        path,
        () -> {
          try {
            return new Versioned(
                bytes.clone(), curator.setData().forPath(root + path, stored).getVersion());
          } catch (KeeperException.NoNodeException _) {
            Stat stat = new Stat();
            curator
                .create()
                .orSetData()
                .storingStatIn(stat)
                .creatingParentsIfNeeded()
                .forPath(root + path, stored);
            return new Versioned(bytes.clone(), stat.getVersion());
          }
        });
  }

  @Override
  public void delete(String path) {
    run(
        path,
        () -> {
          try {
            curator.delete().deletingChildrenIfNeeded().forPath(root + path);
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

  private interface Operation<T> {
    T run() throws Exception;
  }

  private static <T> T run(String path, Operation<T> operation) {
    try {
      return operation.run();
    } catch (VersionConflictException | CorruptRecordException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted at record " + path, e);
    } catch (Exception e) {
      throw new StoreUnavailableException(
          "ZooKeeper failed at record " + path + ": " + e.getMessage(), e);
    }
  }

  private static final class OwnerOnly implements org.apache.curator.framework.api.ACLProvider {
    @Override
    public List<org.apache.zookeeper.data.ACL> getDefaultAcl() {
      return ZooDefs.Ids.CREATOR_ALL_ACL;
    }

    @Override
    public List<org.apache.zookeeper.data.ACL> getAclForPath(String path) {
      return ZooDefs.Ids.CREATOR_ALL_ACL;
    }
  }
}

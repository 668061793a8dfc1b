package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** Where a store gets its session from. Thread-safe. */
interface Sessions extends AutoCloseable {
  /**
   * A connected client.
   *
   * @throws StoreUnavailableException if there is none in time
   */
  ZooKeeper connected(Duration patience) throws InterruptedException;

  @Override
  void close();

  /** Somebody else's session, with which the store ends. */
  record Lent(ZooKeeperSession session) implements Sessions {
    @Override
    public ZooKeeper connected(Duration patience) throws InterruptedException {
      session.requireConnected(patience);
      return session.client();
    }

    @Override
    public void close() {
      // its owner does
    }
  }

  /** A session of the store's own, and a new one when that ended. */
  final class Own implements Sessions {
    private final ZooKeeperAddress address;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock(); // any thread may meet an ended session
    private @Nullable ZooKeeperSession session;
    private boolean closed;

    Own(ZooKeeperAddress address, Duration timeout) {
      this.address = address;
      this.timeout = timeout;
    }

    @Override
    public ZooKeeper connected(Duration patience) throws InterruptedException {
      ZooKeeperSession current = current();
      current.requireConnected(patience);
      return current.client();
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        if (session != null) {
          session.close();
        }
      } finally {
        lock.unlock();
      }
    }

    private ZooKeeperSession current() {
      lock.lock();
      try {
        if (closed) {
          throw new StoreUnavailableException(
              "the store at " + address + " is closed", new IllegalStateException("closed"));
        }
        if (session != null && !session.hasEnded()) {
          return session;
        }
        if (session != null) {
          session.close();
        }
        ZooKeeperSession next = new ZooKeeperSession(address, timeout, () -> {});
        session = next;
        return next;
      } catch (IOException e) {
        throw new StoreUnavailableException(
            "no session with ZooKeeper at " + address + " can be opened: " + e.getMessage(), e);
      } finally {
        lock.unlock();
      }
    }
  }
}

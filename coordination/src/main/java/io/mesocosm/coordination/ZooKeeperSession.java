package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;

/**
 * One session with ZooKeeper, from its first connection attempt to its end. Connections come and go
 * below it; an ended session never comes back. Thread-safe: the client's event thread changes its
 * state, and whoever works with it waits for that.
 */
final class ZooKeeperSession implements AutoCloseable {
  private enum State {
    /** No connection, and ZooKeeper may or may not have given up on us. */
    CONNECTING,
    CONNECTED,
    /** Expired, refused or closed. */
    ENDED
  }

  private static final int ANSWER_BYTES_MAX = 256 << 20; // the names of three million records

  private final ZooKeeperAddress address;
  private final ZooKeeper client;
  private final Runnable changed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stateChanged = lock.newCondition();
  private State state = State.CONNECTING;

  /**
   * Begins to connect, and waits for nothing.
   *
   * @param timeout how long after our last sign of life ZooKeeper is to give up on us; it may grant
   *     another
   * @param changed called on the client's event thread when the connection came, went or ended;
   *     must not block
   */
  ZooKeeperSession(ZooKeeperAddress address, Duration timeout, Runnable changed)
      throws IOException {
    this.address = address;
    this.changed = changed;
    ZKClientConfig config = new ZKClientConfig();
    // Our credentials are digests; without this every session looks for a Kerberos set-up first.
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    // The names of a wide folder's records come in one answer. Servers limit only what they are
    // sent, so that this works with every one of them, however it is set.
    config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(ANSWER_BYTES_MAX));
    this.client =
        new ZooKeeper(
            address.servers(), Math.toIntExact(timeout.toMillis()), this::onEvent, config);
    address
        .credentials()
        .ifPresent(text -> client.addAuthInfo("digest", text.getBytes(StandardCharsets.UTF_8)));
  }

  /** To be used while {@link #isConnected}; it repeats nothing by itself. */
  ZooKeeper client() {
    return client;
  }

  long id() {
    return client.getSessionId();
  }

  /** As granted; known once connected. */
  Duration timeout() {
    return Duration.ofMillis(client.getSessionTimeout());
  }

  boolean isConnected() {
    return state() == State.CONNECTED;
  }

  boolean hasEnded() {
    return state() == State.ENDED;
  }

  /** A call said so before the client's event did. */
  void end() {
    become(State.ENDED);
  }

  /** Waits; false when the time is over or the session ended. */
  boolean awaitConnected(Duration patience) throws InterruptedException {
    long nanosLeft = patience.toNanos();
    lock.lock();
    try {
      while (state == State.CONNECTING && nanosLeft > 0) {
        nanosLeft = stateChanged.awaitNanos(nanosLeft);
      }
      return state == State.CONNECTED;
    } finally {
      lock.unlock();
    }
  }

  /**
   * @throws StoreUnavailableException if there is no connection in time, or there never will be
   */
  void requireConnected(Duration patience) throws InterruptedException {
    if (!awaitConnected(patience)) {
      if (hasEnded()) {
        throw new StoreUnavailableException(
            "the session with ZooKeeper at " + address.servers() + " is over",
            new IllegalStateException("session ended"));
      }
      throw new StoreUnavailableException(
          "ZooKeeper at "
              + address.servers()
              + " did not answer within "
              + patience.toMillis()
              + " ms: is it running",
          new TimeoutException("no session"));
    }
  }

  /**
   * Tells ZooKeeper, if it can be reached, so that what we held is free at once. Waits for that,
   * interrupted or not: an interrupted client would hang up before it has said goodbye.
   */
  @Override
  public void close() {
    Thread farewell = Thread.ofVirtual().start(this::leave);
    boolean interrupted = false;
    while (farewell.isAlive()) {
      try {
        farewell.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    become(State.ENDED);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void pause(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  private void leave() {
    try {
      client.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // nobody does
    }
  }

  private void onEvent(WatchedEvent event) {
    KeeperState told = event.getState();
    if (told == KeeperState.SyncConnected) {
      become(State.CONNECTED);
    } else if (told == KeeperState.Disconnected) {
      become(State.CONNECTING);
    } else if (told == KeeperState.Expired
        || told == KeeperState.Closed
        || told == KeeperState.AuthFailed) {
      become(State.ENDED);
    }
  }

  private void become(State next) {
    lock.lock();
    try {
      if (state != State.ENDED) {
        state = next;
        stateChanged.signalAll();
      }
    } finally {
      lock.unlock();
    }
    changed.run();
  }

  private State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }
}

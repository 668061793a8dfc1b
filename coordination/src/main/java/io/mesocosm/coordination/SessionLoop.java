package io.mesocosm.coordination;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/**
 * Looks at ZooKeeper again and again, over connections and sessions that come and go: once when
 * connected, and after that whenever something that was watched may have changed. A look is
 * level-triggered: it takes in the whole state, so that a lost or doubled event costs nothing.
 */
final class SessionLoop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SessionLoop.class.getName());
  private static final Duration RETRY_SOON = Duration.ofMillis(50);
  private static final Duration RETRY_LATER = Duration.ofSeconds(1);
  private static final Duration LEAVE_TAKING_MAX = Duration.ofSeconds(5);

  /** What is done with a session. Called on the loop's thread only. */
  interface Visitor {
    /** Takes in the state, and sets watches with {@link SessionLoop#watcher}. */
    void look(ZooKeeperSession session) throws KeeperException, InterruptedException;

    /** No connection for a session's time-out; told again while that goes on. */
    void unreachable();

    /** The session is over, with all that it held; another will follow. */
    void ended();
  }

  private final String name;
  private final ZooKeeperAddress address;
  private final Duration sessionTimeout;
  private final Visitor visitor;
  private final Thread thread;
  // Released by the client's event threads and by stop(), acquired by the loop.
  private final Semaphore wakeups = new Semaphore(0);
  private final Watcher watcher = this::onNodeEvent;
  private volatile boolean stopped; // set by whoever closes, read by the loop
  private boolean outageTold;
  private String failureTold = "";

  SessionLoop(String name, ZooKeeperAddress address, Duration sessionTimeout, Visitor visitor) {
    this.name = name;
    this.address = address;
    this.sessionTimeout = sessionTimeout;
    this.visitor = visitor;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Always the same one, so that ZooKeeper's client keeps it once for each node. */
  Watcher watcher() {
    return watcher;
  }

  /** Something is known to have changed: look once more. */
  void wake() {
    wakeups.release();
  }

  /** The session is closed soon; returns at once. */
  void stop() {
    stopped = true;
    wake();
    thread.interrupt();
  }

  /** Stops, and waits until the session is closed: that is, some seconds if nobody answers. */
  @Override
  public void close() {
    stop();
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(LEAVE_TAKING_MAX)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "ZooKeeper at {0} did not answer a leave-taking within {1} ms: the session of {2} ends"
                + " by its time-out",
            address,
            LEAVE_TAKING_MAX.toMillis(),
            name);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopped) {
      try (ZooKeeperSession session = new ZooKeeperSession(address, sessionTimeout, this::wake)) {
        follow(session);
      } catch (IOException | RuntimeException e) {
        tellFailure("no session can be used: " + e.getMessage(), e);
        pauseLong();
      } catch (InterruptedException _) {
        continue; // stopped, or nobody's business
      } finally {
        if (!stopped) {
          visitor.ended();
        }
      }
    }
  }

  private void follow(ZooKeeperSession session) throws InterruptedException {
    long seenNanos = System.nanoTime();
    while (!stopped && !session.hasEnded()) {
      Duration patience = sessionTimeout.minusNanos(System.nanoTime() - seenNanos);
      if (!session.awaitConnected(patience) || patience.isNegative()) {
        if (!session.hasEnded()) {
          tellOutage();
          visitor.unreachable();
          seenNanos = System.nanoTime(); // tells it again after the same time
        }
        continue;
      }
      wakeups.drainPermits();
      try {
        visitor.look(session);
        tellRecovery(session);
        wakeups.acquire();
        seenNanos = System.nanoTime();
      } catch (KeeperException.SessionExpiredException _) {
        session.end();
      } catch (KeeperException e) {
        if (ZooKeeperCalls.mayPass(e)) {
          ZooKeeperSession.pause(RETRY_SOON);
        } else {
          tellFailure(remedy(e), e);
          ZooKeeperSession.pause(RETRY_LATER);
        }
      }
    }
  }

  private void onNodeEvent(WatchedEvent event) {
    if (event.getType() != Watcher.Event.EventType.None) { // the session tells the others itself
      wake();
    }
  }

  private void pauseLong() {
    try {
      ZooKeeperSession.pause(RETRY_LATER);
    } catch (InterruptedException _) {
      wake(); // stopped: the loop sees it
    }
  }

  private static String remedy(KeeperException failure) {
    return failure instanceof KeeperException.NoAuthException
        ? "ZooKeeper denies access to "
            + failure.getPath()
            + ": check the user and password of the zk:// address"
        : "ZooKeeper failed: " + failure.getMessage();
  }

  private void tellOutage() {
    if (!outageTold) {
      outageTold = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: ZooKeeper at {1} has not answered for {2} ms, trying on: is it running",
          name,
          address,
          sessionTimeout.toMillis());
    }
  }

  private void tellRecovery(ZooKeeperSession session) {
    if (outageTold) {
      LOG.log(System.Logger.Level.INFO, "{0}: ZooKeeper at {1} answers again", name, address);
    }
    if (session.timeout().compareTo(sessionTimeout) > 0 && failureTold.isEmpty()) {
      tellFailure(
          "ZooKeeper grants no session time-out below "
              + session.timeout().toMillis()
              + " ms, "
              + sessionTimeout.toMillis()
              + " ms were wanted: lower its minSessionTimeout",
          null);
    }
    outageTold = false;
  }

  /** The same one once. */
  private void tellFailure(String failure, @Nullable Exception cause) {
    if (!failure.equals(failureTold)) {
      failureTold = failure;
      LOG.log(System.Logger.Level.WARNING, name + " at " + address + ": " + failure, cause);
    }
  }
}

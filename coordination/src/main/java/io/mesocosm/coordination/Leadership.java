package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.FencedException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;

/**
 * One leader's time, from its epoch to its end, which comes once: found out by whoever sees it
 * first, the beat, a write or the election. Thread-safe.
 */
final class Leadership implements Fence, AutoCloseable {
  private final ZooKeeperSession session;
  private final Epoch epoch;
  private final Lease lease;
  private final Consumer<String> onEnd;
  private final Thread beats;
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<String> end =
      new AtomicReference<>(""); // why; empty while it lasts

  /**
   * @param contactNanos when the request was sent whose answer says that the session lives
   * @param onEnd told why, once, on any thread; must not block
   */
  Leadership(ZooKeeperSession session, Epoch epoch, long contactNanos, Consumer<String> onEnd) {
    this.session = session;
    this.epoch = epoch;
    this.lease = new Lease(session.timeout(), contactNanos);
    this.onEnd = onEnd;
    this.beats = Thread.ofPlatform().daemon().name("leader-lease").unstarted(this::run);
  }

  void start() {
    beats.start();
  }

  boolean hasEnded() {
    return !end.get().isEmpty();
  }

  /** Somebody knows that it is over. */
  void end(String why) {
    if (end.compareAndSet("", why)) {
      over.countDown();
      onEnd.accept(why);
    }
  }

  /** Ends it without telling anybody but writers. */
  @Override
  public void close() {
    end.compareAndSet("", "it left the election");
    over.countDown();
  }

  @Override
  public void requireOpen(String path) {
    long now = System.nanoTime();
    if (lease.hasLapsed(now)) { // a process that stood still finds out here before the next beat
      endBySilence(now);
    } else if (session.hasEnded()) {
      endBySession();
    }
    String why = end.get();
    if (!why.isEmpty()) {
      throw new FencedException(path, why);
    }
  }

  @Override
  public List<Op> guards() {
    return List.of(epoch.check());
  }

  @Override
  public FencedException refused(String path) {
    end("another was elected: the epoch at " + epoch.node() + " is not " + epoch.version());
    return new FencedException(path, end.get());
  }

  void endBySession() {
    end("the session with ZooKeeper is over");
  }

  private void run() {
    try {
      do {
        beat();
      } while (!over.await(lease.beat().toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      end("it was interrupted");
    } catch (RuntimeException e) {
      end("it cannot ask ZooKeeper: " + e.getMessage());
    }
  }

  private void beat() {
    long now = System.nanoTime();
    if (lease.hasLapsed(now)) {
      endBySilence(now);
    } else if (session.hasEnded()) {
      endBySession();
    } else {
      session.client().sync(epoch.node(), (code, _, _) -> onSynced(code, now), null);
    }
  }

  private void onSynced(int code, long sentNanos) {
    if (code == KeeperException.Code.OK.intValue()) {
      lease.contact(sentNanos);
    }
  }

  private void endBySilence(long nowNanos) {
    end(
        "ZooKeeper has not answered for "
            + lease.silence(nowNanos).toMillis()
            + " ms of a session of "
            + session.timeout().toMillis()
            + " ms, and may elect another when it is over");
  }
}

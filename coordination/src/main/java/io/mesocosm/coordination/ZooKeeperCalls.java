package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.FencedException;
import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.time.Duration;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/**
 * A store's calls of ZooKeeper: waits for a connection, repeats what may be repeated, and gives
 * failures our names.
 */
final class ZooKeeperCalls implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(50);

  private final Sessions sessions;
  private final Fence fence;
  private final Duration timeout;

  ZooKeeperCalls(Sessions sessions, Fence fence, Duration timeout) {
    this.sessions = sessions;
    this.fence = fence;
    this.timeout = timeout;
  }

  interface Call<T> {
    T run(ZooKeeper client) throws Exception;
  }

  void connect() {
    read("/", client -> client);
  }

  <T> T read(String path, Call<T> call) {
    return repeat(path, () -> call.run(sessions.connected(timeout)));
  }

  /** For what may be done twice. */
  <T> T write(String path, Call<T> call) {
    return repeat(path, () -> call.run(connectedToWrite(path)));
  }

  /** For what would take its own success for a conflict. */
  <T> T writeOnce(String path, Call<T> call) {
    return named(path, () -> call.run(connectedToWrite(path)));
  }

  @Override
  public void close() {
    sessions.close();
  }

  /** Whether the next attempt, with another connection or session, may go better. */
  static boolean mayPass(KeeperException failure) {
    return switch (failure.code()) {
      case CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONEXPIRED, SESSIONMOVED -> true;
      default -> false;
    };
  }

  /** That a deposed writer's session is over as well is not the news. */
  private ZooKeeper connectedToWrite(String path) throws InterruptedException {
    fence.requireOpen(path);
    try {
      return sessions.connected(timeout);
    } catch (StoreUnavailableException e) {
      fence.requireOpen(path);
      throw e;
    }
  }

  private interface Attempt<T> {
    T run() throws Exception;
  }

  private <T> T repeat(String path, Attempt<T> attempt) {
    return named(
        path,
        () -> {
          long deadline = System.nanoTime() + timeout.toNanos();
          boolean lostReply = false;
          while (true) {
            try {
              return attempt.run();
            } catch (FencedException e) {
              if (lostReply) {
                // An earlier attempt may have been let through: "nothing was written" might lie.
                throw new StoreUnavailableException(
                    "whether record " + path + " was written is not known", e);
              }
              throw e;
            } catch (KeeperException e) {
              if (!mayPass(e) || System.nanoTime() - deadline >= 0) {
                throw e;
              }
              lostReply = true;
              ZooKeeperSession.pause(RETRY);
            }
          }
        });
  }

  private static <T> T named(String path, Attempt<T> attempt) {
    try {
      return attempt.run();
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
}

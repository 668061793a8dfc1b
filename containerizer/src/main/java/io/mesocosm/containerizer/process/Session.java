package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.process.ProcessTable.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that leads a session, and the processes of this session. A process that makes a session
 * of its own has left, and is no longer found here.
 *
 * <p>The leader stays a zombie from its end until {@link #destroy}: as long as that, its number
 * cannot name a foreign process or group, so a signal never hits one.
 */
final class Session {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(5);
  private static final int LOOKS_MAX = 2000;

  private final Posix posix;
  private final ProcessTable table;
  private final int pid;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  // stop, destroy and execute of one container may meet here, on threads of their own
  private boolean terminated;
  private boolean reaped;

  private Session(Posix posix, ProcessTable table, int pid) {
    this.posix = posix;
    this.table = table;
    this.pid = pid;
  }

  static Session start(Posix posix, ProcessTable table, Launch launch) throws Posix.CallFailed {
    Session session = new Session(posix, table, posix.spawn(launch));
    Thread.ofPlatform()
        .daemon()
        .name("wait-" + session.pid)
        .stackSize(256 * 1024)
        .start(session::awaitLeader);
    return session;
  }

  private void awaitLeader() {
    try {
      end.complete(posix.awaitEnd(pid));
    } catch (Posix.CallFailed | RuntimeException failure) {
      end.completeExceptionally(
          new ContainerException(
              "cannot await process " + pid + ": " + failure.getMessage(), failure));
    }
  }

  int pid() {
    return pid;
  }

  /** Waits for the leader's end. */
  int await() throws ContainerException, InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException failure) {
      throw failed(failure);
    }
  }

  /** Waits for the leader's end, for a time; false if it still runs. */
  boolean await(Duration time) throws ContainerException, InterruptedException {
    try {
      end.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException stillRuns) {
      return false;
    } catch (ExecutionException failure) {
      throw failed(failure);
    }
  }

  /** SIGTERM to every process, once; and SIGCONT, for a stopped process would not notice. */
  synchronized void terminate() {
    if (!terminated && !reaped) {
      terminated = true;
      signal(Posix.SIGTERM);
      signal(Posix.SIGCONT);
    }
  }

  /** SIGKILL to every process; returns when none lives. */
  synchronized void kill() throws ContainerException, InterruptedException {
    if (!reaped) {
      signal(Posix.SIGKILL);
      killAll(posix, table, pid);
      await();
    }
  }

  /** Kills what still lives, and lets go of the leader. Idempotent. */
  synchronized void destroy() throws ContainerException, InterruptedException {
    kill();
    if (!reaped) {
      posix.reap(pid);
      reaped = true;
    }
  }

  private void signal(int signal) {
    posix.kill(-pid, signal);
    for (Entry entry : table.living(pid)) {
      if (entry.group() != pid) {
        posix.kill(entry.pid(), signal);
      }
    }
  }

  /**
   * Kills until nobody of the session lives: a process may fork while we look. Nobody tells of the
   * end of processes that are not our children, hence the short naps.
   */
  static void killAll(Posix posix, ProcessTable table, int session)
      throws ContainerException, InterruptedException {
    List<Entry> living = table.living(session);
    for (int looks = 0; !living.isEmpty(); looks++) {
      if (looks == LOOKS_MAX) {
        throw new ContainerException(
            "processes %s of session %d still live %d s after SIGKILL: look at what they wait for in /proc/PID/stack"
                .formatted(
                    living.stream().map(Entry::pid).toList(),
                    session,
                    LOOK_INTERVAL.multipliedBy(LOOKS_MAX).toSeconds()));
      }
      living.forEach(entry -> posix.kill(entry.pid(), Posix.SIGKILL));
      Thread.sleep(LOOK_INTERVAL);
      living = table.living(session);
    }
  }

  private static ContainerException failed(ExecutionException failure) {
    return failure.getCause() instanceof ContainerException cause
        ? cause
        : new ContainerException("cannot await a process", failure);
  }
}

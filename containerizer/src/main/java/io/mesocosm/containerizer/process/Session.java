package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.process.CLibrary.CallFailed;
import io.mesocosm.containerizer.process.ProcessTable.Entry;
import io.mesocosm.containerizer.process.SessionRecords.Leader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * A supervisor, which leads a session, and the processes of this session. A process that makes a
 * session of its own has left, and is no longer found here.
 *
 * <p>A leader that we started stays a zombie from its end until {@link #destroy}: as long as that,
 * its number cannot name a foreign process or group. One of an earlier run is not our child, and
 * its number is free again once it and the rest of the session have ended: so there a signal goes
 * to a process that is held and was looked at, never to a number.
 */
final class Session {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(5);
  private static final int LOOKS_MAX = 2000;

  /** After so many looks someone forks faster than we look; a group is killed in one step. */
  private static final int PATIENT_LOOKS = 50;

  /** How long the leader may take to note the end of the command. */
  private static final Duration LEADER_MAX = Duration.ofSeconds(5);

  private static final Duration FOR_EVER = Duration.ofDays(36500);

  private final Machine machine;
  private final Leader leader;
  private final Path sandbox;
  private final boolean child;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  // stop, destroy and execute of one container may meet here, on threads of their own
  private boolean terminated;
  private boolean reaped;

  private Session(Machine machine, Leader leader, Path sandbox, boolean child) {
    this.machine = machine;
    this.leader = leader;
    this.sandbox = sandbox;
    this.child = child;
  }

  /** Of a supervisor that we have just started. */
  static Session started(Machine machine, Leader leader, Path sandbox) {
    Session session = new Session(machine, leader, sandbox, true);
    session.startWaiting(() -> {
      int status = machine.posix().awaitEnd(leader.pid());
      return Supervisor.commandStatus(status);
    });
    return session;
  }

  /**
   * Of a supervisor that an earlier run of the agent started.
   *
   * @param status tells, once the supervisor has ended, how the command did
   */
  static Session recovered(Machine machine, Leader leader, Path sandbox, IntSupplier status) {
    Session session = new Session(machine, leader, sandbox, false);
    session.startWaiting(() -> {
      Optional<Integer> descriptor = machine.open(leader.pid(), leader.startTicks());
      if (descriptor.isPresent()) {
        try {
          boolean unused = machine.descriptors().awaitReadable(descriptor.get(), FOR_EVER);
        } finally {
          machine.descriptors().close(descriptor.get());
        }
      }
      return status.getAsInt();
    });
    return session;
  }

  /** Of a supervisor that an earlier run started, and that has ended. */
  static Session ended(Machine machine, Leader leader, Path sandbox, int status) {
    Session session = new Session(machine, leader, sandbox, false);
    session.end.complete(status);
    return session;
  }

  /** Waits for a leader. */
  private interface Waiting {
    int status() throws CallFailed;
  }

  private void startWaiting(Waiting waiting) {
    Thread.ofPlatform()
        .daemon()
        .name("wait-" + leader.pid())
        .stackSize(256 * 1024)
        .start(() -> {
          try {
            end.complete(waiting.status());
          } catch (CallFailed | RuntimeException failure) {
            end.completeExceptionally(
                new ContainerException(
                    "cannot await process " + leader.pid() + ": " + failure.getMessage(), failure));
          }
        });
  }

  /** Waits for the command's end, and returns its status as of wait(2). */
  int await() throws ContainerException, InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException failure) {
      throw failed(failure);
    }
  }

  /** Waits for the command's end, for a time; false if it still runs. */
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
  synchronized void terminate() throws ContainerException {
    if (!terminated && !reaped) {
      terminated = true;
      signal(Posix.SIGTERM);
      signal(Posix.SIGCONT);
    }
  }

  /**
   * SIGKILL to every process; returns when none lives. The leader is left to note the end of the
   * command, which takes it no time.
   */
  synchronized void kill() throws ContainerException, InterruptedException {
    if (reaped) {
      return;
    }
    killMembers();
    if (!end.isDone()) {
      signalLeader(Posix.SIGCONT);
      if (!await(LEADER_MAX)) {
        signalLeader(Posix.SIGKILL);
        await();
        killMembers();
      }
    }
  }

  /** Kills what still lives, and lets go of the leader. Idempotent. */
  synchronized void destroy() throws ContainerException, InterruptedException {
    kill();
    if (!reaped) {
      if (child) {
        machine.posix().reap(leader.pid());
      }
      reaped = true;
    }
  }

  /** In one step for the leader's group, where that is safe, and the leader minds none. */
  private void signal(int signal) throws ContainerException {
    if (child) {
      machine.posix().kill(-leader.pid(), signal);
    }
    for (Entry entry : members()) {
      if (!child || entry.group() != leader.pid()) {
        signal(entry, signal);
      }
    }
  }

  private void signalLeader(int signal) throws ContainerException {
    Optional<Entry> entry =
        machine.table().find(leader.pid()).filter(now -> now.startTicks() == leader.startTicks());
    if (entry.isPresent()) {
      signal(entry.get(), signal);
    }
  }

  private void signal(Entry entry, int signal) throws ContainerException {
    try {
      machine.signal(entry, signal);
    } catch (CallFailed failure) {
      throw new ContainerException(
          "cannot signal process %d: %s".formatted(entry.pid(), failure.getMessage()), failure);
    }
  }

  /**
   * Kills until nobody but the leader lives: a process may fork while we look. Nobody tells of the
   * end of processes that are not our children, hence the short naps.
   */
  private void killMembers() throws ContainerException, InterruptedException {
    List<Entry> living = members();
    for (int looks = 0; !living.isEmpty(); looks++) {
      if (looks == LOOKS_MAX) {
        throw new ContainerException(
            "processes %s of session %d still live %d s after SIGKILL: look at what they wait for in /proc/PID/stack"
                .formatted(
                    living.stream().map(Entry::pid).toList(),
                    leader.pid(),
                    LOOK_INTERVAL.multipliedBy(LOOKS_MAX).toSeconds()));
      }
      if (looks >= PATIENT_LOOKS) {
        machine.posix().kill(-leader.pid(), Posix.SIGKILL);
      }
      for (Entry entry : living) {
        signal(entry, Posix.SIGKILL);
      }
      Thread.sleep(LOOK_INTERVAL);
      living = members();
    }
  }

  /** The session's living processes other than its leader. */
  private List<Entry> members() {
    List<Entry> living =
        machine.table().living(leader.pid()).stream()
            .filter(entry -> entry.pid() != leader.pid())
            .toList();
    return living.isEmpty() || isSame(living) ? living : List.of();
  }

  /** Whether this is the same session still, and not another that got its number. */
  private boolean isSame(List<Entry> living) {
    if (child) {
      return !reaped;
    }
    Optional<Entry> now = machine.table().find(leader.pid());
    return now.isPresent()
        ? now.get().startTicks() == leader.startTicks()
        : living.stream()
            .anyMatch(entry ->
                machine.table().writesInto(entry, sandbox)
                    || machine.table().worksIn(entry, sandbox));
  }

  private static ContainerException failed(ExecutionException failure) {
    return failure.getCause() instanceof ContainerException cause
        ? cause
        : new ContainerException("cannot await a process", failure);
  }
}

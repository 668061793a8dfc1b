package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.process.CLibrary.CallFailed;
import io.mesocosm.containerizer.process.Descriptors.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small shell that leads a session, runs one command as its child, keeps the command's exit
 * status in a file, and ends with the same status. So a command outlives the agent, and the agent's
 * next run learns how it ended. Any shell will do: dash, bash, busybox.
 *
 * <p>It starts nothing until it is told to {@link #go}, and ends if its agent does before: a
 * command that runs is one whose supervisor was written down.
 *
 * <p>It runs as the agent's user, with an empty environment: what the task's owner wants in the
 * environment would otherwise decide which libraries a shell of the agent loads. The command's
 * status is kept in the shell's terms, 128 and the number of a signal: that an {@code exit 137} is
 * no SIGKILL cannot be told. Signals do not end the supervisor, except SIGKILL; the command finds
 * none of them changed, for a trap is undone in a child.
 *
 * <p>Used by one thread.
 */
final class Supervisor {
  /** What the file of the status says if the command was never started. */
  static final String NEVER = "never";

  private static final String SHELL = "/bin/sh";
  private static final int SHELL_SIGNAL_BASE = 128;
  private static final int SIGNAL_MAX = 31;
  private static final Duration START_MAX = Duration.ofMinutes(1);

  /**
   * $1 is the file of the status, $2 and $3 of the command's output, the rest the change of user.
   * One short write makes the file whole: its line end says so. The shell's own words, such as
   * "Killed", are nobody's.
   */
  private static final String TEXT =
      """
      trap : 1 2 3 5 6 7 10 12 13 14 15 16 20 21 22 24 25 26 27 29 30 31
      IFS= read -r go || { echo never >"$1"; exit 1; }
      status=$1 stdout=$2 stderr=$3
      shift 3
      (
        if [ $# -eq 0 ]; then . /proc/self/fd/0; fi
        exec "$@" /bin/sh
      ) >>"$stdout" 2>>"$stderr"
      code=$?
      echo $code >"$status"
      exit $code
      """;

  private final Descriptors descriptors;
  private final Launch launch;
  private final int pid;
  private final int gate;
  private final int report;
  private boolean gateIsOpen = true;

  private Supervisor(Descriptors descriptors, Launch launch, int pid, int gate, int report) {
    this.descriptors = descriptors;
    this.launch = launch;
    this.pid = pid;
    this.gate = gate;
    this.report = report;
  }

  /** One that waits for {@link #go}, or for {@link #giveUp}. */
  static Supervisor start(Posix posix, Descriptors descriptors, Launch launch, Path status)
      throws ContainerException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                SHELL,
                "-c",
                TEXT,
                "mesocosm-supervisor",
                status.toAbsolutePath().toString(),
                launch.stdout().toAbsolutePath().toString(),
                launch.stderr().toAbsolutePath().toString()));
    arguments.addAll(launch.prefix());
    try {
      Pipe gate = descriptors.pipe();
      try {
        Pipe report = descriptors.pipe();
        try {
          int pid =
              posix.spawn(
                  new Posix.Program(arguments, launch.folder(), gate.readEnd(), report.writeEnd()));
          return new Supervisor(descriptors, launch, pid, gate.writeEnd(), report.readEnd());
        } catch (CallFailed | RuntimeException failure) {
          descriptors.close(report.readEnd());
          throw failure;
        } finally {
          descriptors.close(report.writeEnd());
        }
      } catch (CallFailed | RuntimeException failure) {
        descriptors.close(gate.writeEnd());
        throw failure;
      } finally {
        descriptors.close(gate.readEnd());
      }
    } catch (CallFailed failure) {
      throw new ContainerException(
          "cannot execute %s in %s: %s".formatted(SHELL, launch.folder(), failure.getMessage()),
          failure);
    }
  }

  int pid() {
    return pid;
  }

  /** Lets it start the command, and returns the command's pid. */
  int go() throws ContainerException {
    Optional<String> line;
    try {
      descriptors.write(gate, "go\n" + CommandScript.of(launch));
      // the shell reads its script to the end
      descriptors.close(gate);
      gateIsOpen = false;
      line = descriptors.readLine(report, START_MAX);
    } catch (CallFailed failure) {
      throw new ContainerException(
          "cannot start %s: %s".formatted(launch.words().getFirst(), failure.getMessage()),
          failure);
    } finally {
      giveUp();
    }
    return line.map(Integer::parseInt)
        .orElseThrow(() ->
            new ContainerException(
                "cannot start %s within %d s: its shell ended or hangs, see %s"
                    .formatted(launch.words().getFirst(), START_MAX.toSeconds(), launch.stderr())));
  }

  /** Lets go of it: if it was not told to start the command, it ends. Not after {@link #go}. */
  void giveUp() {
    if (gateIsOpen) {
      descriptors.close(gate);
      gateIsOpen = false;
    }
    descriptors.close(report);
  }

  /** Of the command, as wait(2) reports it, from the supervisor's own. */
  static int commandStatus(int waitStatus) {
    boolean signaled = (waitStatus & 0x7f) != 0;
    // only SIGKILL to the whole group takes the supervisor with it
    return signaled ? waitStatus & 0x7f : ofShell(waitStatus >> 8);
  }

  /** As wait(2) would report it, from what a shell calls the status. */
  static int ofShell(int code) {
    int signal = code - SHELL_SIGNAL_BASE;
    return signal > 0 && signal <= SIGNAL_MAX ? signal : (code & 0xff) << 8;
  }
}

package io.mesocosm.containerizer.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.mesocosm.containerizer.process.CLibrary.CallFailed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * The few calls of the C library that java.lang.Process lacks: a session of one's own without a
 * helper in the process table, waiting for a child that stays a zombie, and signals to a whole
 * process group. Linux with glibc 2.34 or newer, 64 bits.
 *
 * <p>Thread-safe. {@link #awaitEnd} blocks its carrier: call it on a platform thread.
 */
final class Posix {
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int SIGCONT = 18;

  private static final int EINTR = 4;
  private static final int O_RDWR = 2;
  private static final short SETSIGDEF_SETSIGMASK_SETSID = 0x04 | 0x08 | 0x80;
  private static final int P_PID = 1;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;
  private static final int CLD_EXITED = 1;
  private static final int CLD_DUMPED = 3;

  /** Larger than any of the opaque structs of any C library. */
  private static final long OPAQUE_BYTES = 2048;

  private static final long SI_CODE_OFFSET = 8;
  private static final long SI_STATUS_OFFSET = 24;

  private final CLibrary library = new CLibrary();

  private final MethodHandle spawn =
      library.function("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private final MethodHandle actionsInit =
      library.function("posix_spawn_file_actions_init", ADDRESS);
  private final MethodHandle actionsDestroy =
      library.function("posix_spawn_file_actions_destroy", ADDRESS);
  private final MethodHandle addOpen =
      library.function(
          "posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private final MethodHandle addDuplicate =
      library.function("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
  private final MethodHandle addChdir =
      library.function("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
  private final MethodHandle addCloseFrom =
      library.function("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
  private final MethodHandle attributesInit = library.function("posix_spawnattr_init", ADDRESS);
  private final MethodHandle attributesDestroy =
      library.function("posix_spawnattr_destroy", ADDRESS);
  private final MethodHandle setFlags =
      library.function("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private final MethodHandle setSignalMask =
      library.function("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private final MethodHandle setSignalDefaults =
      library.function("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
  private final MethodHandle emptySignals = library.function("sigemptyset", ADDRESS);
  private final MethodHandle allSignals = library.function("sigfillset", ADDRESS);
  private final MethodHandle kill = library.function("kill", JAVA_INT, JAVA_INT);
  private final MethodHandle waitpid = library.function("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle waitid =
      library.functionWithErrno("waitid", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

  /**
   * A program to start.
   *
   * @param arguments argv, the first of them the program's path
   * @param stdin of which it gets a copy; its stdout and stderr lead nowhere
   * @param report of which it gets a copy as descriptor 3
   */
  record Program(List<String> arguments, Path folder, int stdin, int report) {}

  /**
   * Starts a process as leader of a new session and process group; its pid names both. It inherits
   * nothing but what it is given: no other open file, no ignored or blocked signal, no environment.
   */
  int spawn(Program program) throws CallFailed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(OPAQUE_BYTES, 16);
      MemorySegment attributes = arena.allocate(OPAQUE_BYTES, 16);
      MemorySegment pid = arena.allocate(JAVA_INT);
      library.check((int) actionsInit.invokeExact(actions));
      library.check((int) attributesInit.invokeExact(attributes));
      try {
        fillActions(arena, actions, program);
        fillAttributes(arena, attributes);
        MemorySegment path = arena.allocateFrom(program.arguments().getFirst());
        MemorySegment argv = texts(arena, program.arguments());
        MemorySegment envp = texts(arena, List.of());
        library.check((int) spawn.invokeExact(pid, path, actions, attributes, argv, envp));
      } finally {
        library.check((int) actionsDestroy.invokeExact(actions));
        library.check((int) attributesDestroy.invokeExact(attributes));
      }
      return pid.get(JAVA_INT, 0);
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  /** The numbers 0 to 3 are never a pipe's: the JVM itself has files there from its start. */
  private void fillActions(Arena arena, MemorySegment actions, Program program) throws Throwable {
    MemorySegment nothing = arena.allocateFrom("/dev/null");
    MemorySegment folder = arena.allocateFrom(program.folder().toString());
    library.check((int) addDuplicate.invokeExact(actions, program.report(), 3));
    library.check((int) addDuplicate.invokeExact(actions, program.stdin(), 0));
    library.check((int) addOpen.invokeExact(actions, 1, nothing, O_RDWR, 0));
    library.check((int) addOpen.invokeExact(actions, 2, nothing, O_RDWR, 0));
    library.check((int) addChdir.invokeExact(actions, folder));
    library.check((int) addCloseFrom.invokeExact(actions, 4));
  }

  /** The JVM blocks and handles signals for its own ends; the child starts with none of that. */
  private void fillAttributes(Arena arena, MemorySegment attributes) throws Throwable {
    MemorySegment signals = arena.allocate(OPAQUE_BYTES, 16);
    library.check((int) emptySignals.invokeExact(signals));
    library.check((int) setSignalMask.invokeExact(attributes, signals));
    library.check((int) allSignals.invokeExact(signals));
    library.check((int) setSignalDefaults.invokeExact(attributes, signals));
    library.check((int) setFlags.invokeExact(attributes, SETSIGDEF_SETSIGMASK_SETSID));
  }

  /** False if there is no such process, or it is not ours to signal. */
  boolean kill(int pid, int signal) {
    try {
      return (int) kill.invokeExact(pid, signal) == 0;
    } catch (Throwable failure) {
      throw new IllegalStateException("kill failed", failure);
    }
  }

  /**
   * Waits until a child has ended and returns its status as of wait(2). The child stays a zombie,
   * which keeps its number from being given away, until {@link #reap}.
   */
  int awaitEnd(int pid) throws CallFailed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(OPAQUE_BYTES, 16);
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      while ((int) waitid.invokeExact(state, P_PID, pid, info, WEXITED | WNOWAIT) != 0) {
        int errno = CLibrary.errno(state);
        if (errno != EINTR) {
          library.check(errno);
        }
      }
      int status = info.get(JAVA_INT, SI_STATUS_OFFSET);
      return switch (info.get(JAVA_INT, SI_CODE_OFFSET)) {
        case CLD_EXITED -> (status & 0xff) << 8;
        case CLD_DUMPED -> status | 0x80;
        default -> status;
      };
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  /** Lets go of a child that has ended; from here on its number may name another process. */
  void reap(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      int reaped = (int) waitpid.invokeExact(pid, arena.allocate(JAVA_INT), WNOHANG);
      if (reaped == 0) {
        throw new IllegalStateException("process " + pid + " was to be reaped but still runs");
      }
    } catch (Throwable failure) {
      throw new IllegalStateException("waitpid failed", failure);
    }
  }

  private static MemorySegment texts(Arena arena, List<String> texts) {
    MemorySegment pointers = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    pointers.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
    return pointers;
  }
}

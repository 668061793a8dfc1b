package io.mesocosm.containerizer.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The few calls of the C library that java.lang.Process lacks: an argv[0] of one's own, a session
 * of one's own without a helper in the process table, the kind of a process's end (an {@code exit
 * 137} is not a SIGKILL), and signals to a whole process group. Linux with glibc 2.34 or newer, 64
 * bits.
 *
 * <p>Thread-safe. {@link #awaitEnd} blocks its carrier: call it on a platform thread.
 */
final class Posix {
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int SIGCONT = 18;
  static final int ENOENT = 2;
  static final int ENOEXEC = 8;

  private static final int EINTR = 4;
  private static final int O_WRONLY_CREAT_APPEND = 1 | 0100 | 02000;
  private static final int STDOUT_MODE = 0644;
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

  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols = linker.defaultLookup();

  private final MethodHandle spawn =
      function("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private final MethodHandle actionsInit = function("posix_spawn_file_actions_init", ADDRESS);
  private final MethodHandle actionsDestroy = function("posix_spawn_file_actions_destroy", ADDRESS);
  private final MethodHandle addOpen =
      function("posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private final MethodHandle addChdir =
      function("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
  private final MethodHandle addCloseFrom =
      function("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
  private final MethodHandle attributesInit = function("posix_spawnattr_init", ADDRESS);
  private final MethodHandle attributesDestroy = function("posix_spawnattr_destroy", ADDRESS);
  private final MethodHandle setFlags = function("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private final MethodHandle setSignalMask =
      function("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private final MethodHandle setSignalDefaults =
      function("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
  private final MethodHandle emptySignals = function("sigemptyset", ADDRESS);
  private final MethodHandle allSignals = function("sigfillset", ADDRESS);
  private final MethodHandle kill = function("kill", JAVA_INT, JAVA_INT);
  private final MethodHandle waitpid = function("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle waitid = waitidFunction();
  private final MethodHandle errorText = errorTextFunction();

  /** A call that failed; its errno says why. */
  static final class CallFailed extends Exception {
    private final int errno;

    private CallFailed(int errno, String text) {
      super(text);
      this.errno = errno;
    }

    int errno() {
      return errno;
    }
  }

  /**
   * Starts a process as leader of a new session and process group; its pid names both. It inherits
   * nothing: no open file, no ignored or blocked signal.
   */
  int spawn(Launch launch) throws CallFailed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(OPAQUE_BYTES, 16);
      MemorySegment attributes = arena.allocate(OPAQUE_BYTES, 16);
      MemorySegment pid = arena.allocate(JAVA_INT);
      check((int) actionsInit.invokeExact(actions));
      check((int) attributesInit.invokeExact(attributes));
      try {
        fillActions(arena, actions, launch);
        fillAttributes(arena, attributes);
        List<String> environment =
            launch.environment().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        MemorySegment path = arena.allocateFrom(launch.executable().toString());
        MemorySegment argv = texts(arena, launch.arguments());
        MemorySegment envp = texts(arena, environment);
        check((int) spawn.invokeExact(pid, path, actions, attributes, argv, envp));
      } finally {
        check((int) actionsDestroy.invokeExact(actions));
        check((int) attributesDestroy.invokeExact(attributes));
      }
      return pid.get(JAVA_INT, 0);
    } catch (Throwable failure) {
      throw rethrown(failure);
    }
  }

  private void fillActions(Arena arena, MemorySegment actions, Launch launch) throws Throwable {
    MemorySegment nothing = arena.allocateFrom("/dev/null");
    MemorySegment stdout = arena.allocateFrom(launch.stdout().toString());
    MemorySegment stderr = arena.allocateFrom(launch.stderr().toString());
    MemorySegment folder = arena.allocateFrom(launch.folder().toString());
    check((int) addOpen.invokeExact(actions, 0, nothing, 0, 0));
    check((int) addOpen.invokeExact(actions, 1, stdout, O_WRONLY_CREAT_APPEND, STDOUT_MODE));
    check((int) addOpen.invokeExact(actions, 2, stderr, O_WRONLY_CREAT_APPEND, STDOUT_MODE));
    check((int) addChdir.invokeExact(actions, folder));
    check((int) addCloseFrom.invokeExact(actions, 3));
  }

  /** The JVM blocks and handles signals for its own ends; the child starts with none of that. */
  private void fillAttributes(Arena arena, MemorySegment attributes) throws Throwable {
    MemorySegment signals = arena.allocate(OPAQUE_BYTES, 16);
    check((int) emptySignals.invokeExact(signals));
    check((int) setSignalMask.invokeExact(attributes, signals));
    check((int) allSignals.invokeExact(signals));
    check((int) setSignalDefaults.invokeExact(attributes, signals));
    check((int) setFlags.invokeExact(attributes, SETSIGDEF_SETSIGMASK_SETSID));
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
      MemorySegment state = arena.allocate(CALL_STATE);
      while ((int) waitid.invokeExact(state, P_PID, pid, info, WEXITED | WNOWAIT) != 0) {
        int errno =
            state.get(
                JAVA_INT, CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno")));
        if (errno != EINTR) {
          check(errno);
        }
      }
      int status = info.get(JAVA_INT, SI_STATUS_OFFSET);
      return switch (info.get(JAVA_INT, SI_CODE_OFFSET)) {
        case CLD_EXITED -> (status & 0xff) << 8;
        case CLD_DUMPED -> status | 0x80;
        default -> status;
      };
    } catch (Throwable failure) {
      throw rethrown(failure);
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

  private void check(int errno) throws CallFailed {
    if (errno != 0) {
      throw new CallFailed(errno, text(errno));
    }
  }

  @SuppressWarnings("restricted") // the C library returns a string that it owns
  private String text(int errno) {
    try {
      MemorySegment text = (MemorySegment) errorText.invokeExact(errno);
      return text.reinterpret(1024).getString(0);
    } catch (Throwable failure) {
      throw new IllegalStateException("strerror failed", failure);
    }
  }

  private static IllegalStateException rethrown(Throwable failure) throws CallFailed {
    if (failure instanceof CallFailed failed) {
      throw failed;
    }
    return new IllegalStateException("native call failed", failure);
  }

  /** A function that returns an int. */
  @SuppressWarnings("restricted") // this class is why the programs get --enable-native-access
  private MethodHandle function(String name, MemoryLayout... parameters) {
    return linker.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, parameters));
  }

  @SuppressWarnings("restricted")
  private MethodHandle waitidFunction() {
    return linker.downcallHandle(
        symbol("waitid"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
        Linker.Option.captureCallState("errno"));
  }

  @SuppressWarnings("restricted")
  private MethodHandle errorTextFunction() {
    return linker.downcallHandle(
        symbol("strerror"), FunctionDescriptor.of(ValueLayout.ADDRESS, JAVA_INT));
  }

  private MemorySegment symbol(String name) {
    return symbols
        .find(name)
        .orElseThrow(() ->
            new UnsupportedOperationException(
                "the C library lacks " + name + ": processes need Linux with glibc 2.34 or newer"));
  }
}

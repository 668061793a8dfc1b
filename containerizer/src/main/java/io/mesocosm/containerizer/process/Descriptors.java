package io.mesocosm.containerizer.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.mesocosm.containerizer.process.CLibrary.CallFailed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Open files as the kernel numbers them: pipes to a child, and processes held by a file of their
 * own (Linux 5.3 or newer). No child inherits one unless it is told to.
 *
 * <p>Thread-safe. Everything that waits blocks its carrier.
 */
final class Descriptors {
  private static final int O_CLOEXEC = 02000000;
  private static final int EINTR = 4;
  private static final int ESRCH = 3;
  private static final short POLLIN = 1;
  private static final long POLL_BYTES = 8;

  /** The same on every machine that Linux runs Java on. */
  private static final long PIDFD_SEND_SIGNAL = 424;

  private static final long PIDFD_OPEN = 434;

  private final CLibrary library = new CLibrary();
  private final MethodHandle pipe = library.functionWithErrno("pipe2", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle write =
      library.functionWithErrno("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private final MethodHandle read =
      library.functionWithErrno("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private final MethodHandle poll =
      library.functionWithErrno("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private final MethodHandle close = library.function("close", JAVA_INT);
  private final MethodHandle pidfdOpen = library.systemCall(JAVA_LONG, JAVA_INT, JAVA_INT);
  private final MethodHandle pidfdSendSignal =
      library.systemCall(JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

  /** Both ends of a pipe. */
  record Pipe(int readEnd, int writeEnd) {}

  Pipe pipe() throws CallFailed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      if ((int) pipe.invokeExact(state, ends, O_CLOEXEC) != 0) {
        throw library.failed(CLibrary.errno(state));
      }
      return new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  /** Writes all of it; fails when nobody is left to read. */
  void write(int descriptor, String text) throws CallFailed {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      MemorySegment data = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, data, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
      long done = 0;
      while (done < bytes.length) {
        long count =
            (long) write.invokeExact(state, descriptor, data.asSlice(done), bytes.length - done);
        if (count >= 0) {
          done += count;
        } else if (CLibrary.errno(state) != EINTR) {
          throw library.failed(CLibrary.errno(state));
        }
      }
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  /** What is written until a line is whole; absent if that does not come in time, or never will. */
  Optional<String> readLine(int descriptor, Duration timeout) throws CallFailed {
    StringBuilder line = new StringBuilder();
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      MemorySegment data = arena.allocate(64);
      while (line.indexOf("\n") < 0) {
        long left = Math.max(0, deadline - System.nanoTime());
        if (!awaitReadable(descriptor, Duration.ofNanos(left))) {
          return Optional.empty();
        }
        long count = (long) read.invokeExact(state, descriptor, data, 64L);
        if (count == 0) {
          return Optional.empty();
        }
        if (count < 0 && CLibrary.errno(state) != EINTR) {
          throw library.failed(CLibrary.errno(state));
        }
        for (long i = 0; i < count; i++) {
          line.append((char) data.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i));
        }
      }
      return Optional.of(line.substring(0, line.indexOf("\n")));
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  /** True once there is something to read, or nobody to write; of a process, once it has ended. */
  boolean awaitReadable(int descriptor, Duration timeout) throws CallFailed {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      MemorySegment request = arena.allocate(POLL_BYTES, 4);
      while (true) {
        request.set(JAVA_INT, 0, descriptor);
        request.set(JAVA_SHORT, 4, POLLIN);
        long left = Math.max(0, deadline - System.nanoTime());
        int millis = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
        int ready = (int) poll.invokeExact(state, request, 1L, millis);
        if (ready > 0) {
          return true;
        }
        if (ready < 0 && CLibrary.errno(state) != EINTR) {
          throw library.failed(CLibrary.errno(state));
        }
        if (ready == 0 && deadline - System.nanoTime() <= 0) {
          return false;
        }
      }
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  void close(int descriptor) {
    try {
      // nothing was ever written back through one of these late, so a failure means nothing
      int unused = (int) close.invokeExact(descriptor);
    } catch (Throwable failure) {
      throw new IllegalStateException("close failed", failure);
    }
  }

  /** Holds a process, whatever becomes of its number; absent if there is none. */
  Optional<Integer> openProcess(int pid) throws CallFailed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      long descriptor = (long) pidfdOpen.invokeExact(state, PIDFD_OPEN, pid, 0);
      if (descriptor >= 0) {
        return Optional.of((int) descriptor);
      }
      if (CLibrary.errno(state) == ESRCH) {
        return Optional.empty();
      }
      throw library.failed(CLibrary.errno(state));
    } catch (Throwable failure) {
      throw CLibrary.rethrown(failure);
    }
  }

  /** False if the process has ended, or is not ours to signal. */
  boolean signal(int process, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CLibrary.CALL_STATE);
      return (long)
              pidfdSendSignal.invokeExact(
                  state, PIDFD_SEND_SIGNAL, process, signal, MemorySegment.NULL, 0)
          == 0;
    } catch (Throwable failure) {
      throw new IllegalStateException("pidfd_send_signal failed", failure);
    }
  }
}

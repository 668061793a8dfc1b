package io.mesocosm.containerizer.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Finds functions of the C library, and tells of their failures. Thread-safe. */
final class CLibrary {
  /** What the first parameter of a function of {@link #functionWithErrno} points to. */
  static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

  private static final long ERRNO_OFFSET =
      CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols = linker.defaultLookup();
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

  /** A function that returns an int. */
  @SuppressWarnings("restricted") // this class is why the programs get --enable-native-access
  MethodHandle function(String name, MemoryLayout... parameters) {
    return linker.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, parameters));
  }

  /** A function whose errno is kept in its first argument, {@link #CALL_STATE}. */
  @SuppressWarnings("restricted")
  MethodHandle functionWithErrno(String name, MemoryLayout result, MemoryLayout... parameters) {
    return linker.downcallHandle(
        symbol(name),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }

  /** The same for {@code syscall}, whose arguments after the number are variable. */
  @SuppressWarnings("restricted")
  MethodHandle systemCall(MemoryLayout... parameters) {
    return linker.downcallHandle(
        symbol("syscall"),
        FunctionDescriptor.of(java.lang.foreign.ValueLayout.JAVA_LONG, parameters),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(1));
  }

  static int errno(MemorySegment state) {
    return state.get(JAVA_INT, ERRNO_OFFSET);
  }

  void check(int errno) throws CallFailed {
    if (errno != 0) {
      throw failed(errno);
    }
  }

  CallFailed failed(int errno) {
    return new CallFailed(errno, text(errno));
  }

  /** For what a method handle throws: a failed call, or a defect of ours. */
  static IllegalStateException rethrown(Throwable failure) throws CallFailed {
    if (failure instanceof CallFailed failed) {
      throw failed;
    }
    return new IllegalStateException("native call failed", failure);
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

  @SuppressWarnings("restricted")
  private MethodHandle errorTextFunction() {
    return linker.downcallHandle(symbol("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  }

  private MemorySegment symbol(String name) {
    return symbols
        .find(name)
        .orElseThrow(() ->
            new UnsupportedOperationException(
                "the C library lacks " + name + ": processes need Linux with glibc 2.34 or newer"));
  }
}

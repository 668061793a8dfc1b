package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.process.CLibrary.CallFailed;
import io.mesocosm.containerizer.process.ProcessTable.Entry;
import java.util.Optional;

/** The machine that processes run on. Thread-safe. */
record Machine(Posix posix, Descriptors descriptors, ProcessTable table) {

  static Machine local() {
    return new Machine(new Posix(), new Descriptors(), new ProcessTable());
  }

  /** Signals this process, or none: its number may have come to name another. */
  void signal(Entry process, int signal) throws CallFailed {
    Optional<Integer> descriptor = open(process.pid(), process.startTicks());
    if (descriptor.isPresent()) {
      try {
        // one that has just ended, or is another user's, is the same to whoever looks again
        boolean unused = descriptors.signal(descriptor.get(), signal);
      } finally {
        descriptors.close(descriptor.get());
      }
    }
  }

  /** Holds a process; absent if it has ended and was reaped. */
  Optional<Integer> open(int pid, long startTicks) throws CallFailed {
    Optional<Integer> descriptor = descriptors.openProcess(pid);
    if (descriptor.isPresent()
        && table.find(pid).filter(now -> now.startTicks() == startTicks).isEmpty()) {
      descriptors.close(descriptor.get());
      return Optional.empty();
    }
    return descriptor;
  }
}

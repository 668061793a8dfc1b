package io.mesocosm.containerizer.docker;

import io.mesocosm.containerizer.ContainerException;
import java.util.concurrent.locks.ReentrantLock;

/** What is left to be written of a resumed container's output when it has ended; written once. */
final class Remainder {
  /** Writes it all. */
  @FunctionalInterface
  interface Writer {
    /** False if it did not come to its end in time. */
    boolean write() throws ContainerException, InterruptedException;
  }

  private final Writer writer;
  // Whoever awaits the container's end meets others who do.
  private final ReentrantLock lock = new ReentrantLock();
  private boolean written;

  Remainder(Writer writer) {
    this.writer = writer;
  }

  /** False if some of it may be missing. */
  boolean write() throws ContainerException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!written) {
        written = writer.write();
      }
      return written;
    } finally {
      lock.unlock();
    }
  }
}

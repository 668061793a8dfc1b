package io.mesocosm.runtime;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was started, to be closed in reverse order. One thread adds; closing twice does nothing the
 * second time.
 */
public final class ShutdownOrder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ShutdownOrder.class.getName());

  private record Started(String name, AutoCloseable part) {}

  private final Deque<Started> parts = new ArrayDeque<>();
  private boolean closed;

  /** Notes a part that runs now, and returns it. */
  public synchronized <T extends AutoCloseable> T add(String name, T part) {
    parts.push(new Started(name, part));
    if (closed) {
      close();
      throw new IllegalStateException(name + " was started while all is being stopped");
    }
    return part;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!parts.isEmpty()) {
      Started started = parts.pop();
      try {
        started.part().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        LOG.log(WARNING, "interrupted while closing " + started.name(), e);
      } catch (Exception e) {
        LOG.log(
            WARNING,
            "closing " + started.name() + " failed; the others are closed all the same",
            e);
      }
    }
  }
}

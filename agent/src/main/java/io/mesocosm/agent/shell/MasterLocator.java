package io.mesocosm.agent.shell;

import java.util.Optional;
import java.util.function.Consumer;

/** Knows where the leading master is. Asked before each try to connect, on a virtual thread. */
@FunctionalInterface
public interface MasterLocator {
  /**
   * @return {@code host:port} of the leading master, or {@code https://host:port}; absent while
   *     none is known
   */
  Optional<String> locate() throws InterruptedException;

  /**
   * Begins to follow who leads, for those that have to. To be called once, and what it returns to
   * be closed.
   *
   * @param listener told of each master that comes to lead, as {@link #locate} would name it, on
   *     one thread; it may block
   * @throws IllegalStateException in one line, if that cannot be followed
   */
  default Watch watch(Consumer<String> listener) throws InterruptedException {
    return () -> {};
  }

  /** One master, always at the same place; a master that does not lead redirects. */
  static MasterLocator fixed(String hostAndPort) {
    return () -> Optional.of(hostAndPort);
  }

  /** Ends the following of a leader. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}

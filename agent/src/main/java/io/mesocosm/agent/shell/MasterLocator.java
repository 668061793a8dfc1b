package io.mesocosm.agent.shell;

import java.util.Optional;

/** Knows where the leading master is. Asked before each try to connect, on a virtual thread. */
@FunctionalInterface
public interface MasterLocator {
  /**
   * @return {@code host:port} of the leading master, or {@code https://host:port}; absent while
   *     none is known
   */
  Optional<String> locate() throws InterruptedException;

  /** One master, always at the same place; a master that does not lead redirects. */
  static MasterLocator fixed(String hostAndPort) {
    return () -> Optional.of(hostAndPort);
  }
}

package io.mesocosm.framework;

import java.net.URI;
import java.util.List;
import java.util.function.Consumer;

/** Knows where the leading master may be. Thread-safe. */
@FunctionalInterface
public interface MasterLocator {
  /**
   * Base addresses worth a try, e.g. {@code http://10.0.0.1:5050} or https; none while nobody is
   * known to lead. A master that does not lead redirects. Asked before each try, and must not
   * block.
   */
  List<URI> masters();

  /**
   * Begins to follow who leads, if there is a way to know. To be called once, and what it returns
   * to be closed.
   *
   * @param listener told of each master that comes to lead, after {@link #masters} has come to name
   *     it; one call at a time
   */
  default Watch watch(Consumer<URI> listener) {
    return () -> {};
  }

  /**
   * Always the same masters, to be tried in turn.
   *
   * @throws IllegalArgumentException in one line, if there is none, or one is no http address
   */
  static MasterLocator fixed(List<URI> masters) {
    if (masters.isEmpty()) {
      throw new IllegalArgumentException("masters must name at least one address");
    }
    for (URI master : masters) {
      if (master.getHost() == null || !String.valueOf(master.getScheme()).startsWith("http")) {
        throw new IllegalArgumentException(
            master + " is no address of a master: give one like http://10.0.0.1:5050");
      }
    }
    List<URI> all = List.copyOf(masters);
    return () -> all;
  }

  /** Ends the following of a leader. Idempotent. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}

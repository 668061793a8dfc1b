package io.mesocosm.services.event;

import java.util.List;
import java.util.Map;

/**
 * Hears who listens, so that a client can say more of itself in its query than what it listens for
 * (a router gives its name). Called on the streams' one thread: whoever blocks here holds up all
 * streams, and nobody else.
 */
public interface Attachment {
  /** Nobody needs to know. */
  Attachment NONE =
      new Attachment() {
        @Override
        public void attached(Listener listener) {}

        @Override
        public void detached(Listener listener) {}
      };

  /**
   * A client at the other end of a stream.
   *
   * @param id unique for as long as the streams are open
   * @param remoteAddress as text, without the port
   * @param query of its request, decoded
   */
  record Listener(long id, String remoteAddress, Map<String, List<String>> query) {}

  /** Before anything is sent to it. */
  void attached(Listener listener);

  /**
   * Once for each that was attached, when its stream has ended; not when all end because we lead no
   * more.
   */
  void detached(Listener listener);
}

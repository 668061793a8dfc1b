package io.mesocosm.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** What comes back on a connection; all methods are called on the loop's thread. */
interface Response {
  /**
   * The head has come.
   *
   * @param headers by lower-case name
   */
  void head(int status, Map<String, String> headers) throws IOException;

  /** Part of the body, valid during the call only. */
  void body(ByteBuffer part) throws IOException;

  /** The body is complete. */
  void end() throws IOException;

  /** The connection could not be made, or has ended; nothing follows. */
  void failed(IOException reason);
}

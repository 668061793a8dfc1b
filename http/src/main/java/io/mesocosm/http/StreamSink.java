package io.mesocosm.http;

/** The server's end of a streamed reply. Thread-safe; never blocks. */
public interface StreamSink {
  /**
   * Queues bytes to be written as soon as the peer takes them.
   *
   * @return false if the stream is closed, or was closed just now because the peer does not read
   *     and more than the server's limit was waiting
   */
  boolean send(byte[] bytes);

  /** Ends the stream after what is queued. Idempotent. */
  void close();

  /** Runs {@code action} once the stream has ended, whoever ended it; at once if it already has. */
  void onClosed(Runnable action);
}

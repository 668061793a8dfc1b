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

  /**
   * As {@link #send}, but the bytes may wait for {@link #flush}, so that what is sent together goes
   * out in one piece.
   */
  default boolean queue(byte[] bytes) {
    return send(bytes);
  }

  /** Has what is queued written. */
  default void flush() {}

  /** How much of what was sent or queued the peer has not taken; 0 where nobody knows. */
  default long backlogBytes() {
    return 0;
  }

  /** Ends the stream after what is queued. Idempotent. */
  void close();

  /** Runs {@code action} once the stream has ended, whoever ended it; at once if it already has. */
  void onClosed(Runnable action);
}

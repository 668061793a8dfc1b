package io.mesocosm.services.event;

import java.time.Duration;

/**
 * How much event streams may take.
 *
 * @param streamsMax streams at once; more are answered 503
 * @param outstandingMax events that may wait for one slow client; further ones are lost to it (row
 *     E5)
 * @param unwrittenBytesMax what a client may have been sent and not taken before its events begin
 *     to wait
 * @param publishedMax events that may wait to be written down; further ones are lost to all
 * @param keepAlive between two blank lines that show that a stream is alive (row E2)
 */
public record EventStreamLimits(
    int streamsMax,
    int outstandingMax,
    int unwrittenBytesMax,
    int publishedMax,
    Duration keepAlive) {
  /** The original's where it has one. */
  public static final EventStreamLimits USUAL =
      new EventStreamLimits(1000, 1024, 256 << 10, 100_000, Duration.ofSeconds(10));

  public EventStreamLimits {
    if (streamsMax < 1 || outstandingMax < 1 || unwrittenBytesMax < 1 || publishedMax < 1) {
      throw new IllegalArgumentException("limits of event streams must be at least 1");
    }
    if (!keepAlive.isPositive()) {
      throw new IllegalArgumentException(
          "keep-alives must be apart by more than nothing: " + keepAlive);
    }
  }

  /**
   * @param streams of {@code --event_streams_max}
   * @param outstanding of {@code --event_stream_max_outstanding_messages}
   */
  public static EventStreamLimits of(int streams, int outstanding) {
    return new EventStreamLimits(
        streams, outstanding, USUAL.unwrittenBytesMax, USUAL.publishedMax, USUAL.keepAlive);
  }
}

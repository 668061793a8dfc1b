package io.mesocosm.services.event;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.StreamSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * One stream, and what waits for its client. What the client has room for goes out at once; while
 * it is slow, events wait here, and when there is no more room here either they are lost to it (row
 * E5). Confined to the streams' thread.
 */
final class StreamClient {
  private static final System.Logger LOG = System.getLogger(StreamClient.class.getName());

  private final Attachment.Listener listener;
  private final StreamSink sink;
  private final Set<String> types;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private boolean queued;
  private long lost;

  StreamClient(Attachment.Listener listener, StreamSink sink) {
    this.listener = listener;
    this.sink = sink;
    this.types =
        listener.query().getOrDefault("event_type", List.of()).stream()
            .filter(type -> !type.isBlank())
            .collect(Collectors.toUnmodifiableSet());
  }

  Attachment.Listener listener() {
    return listener;
  }

  StreamSink sink() {
    return sink;
  }

  /** Clients that name no types want all. */
  boolean wants(String type) {
    return types.isEmpty() || types.contains(type);
  }

  boolean isBehind() {
    return !waiting.isEmpty();
  }

  /**
   * Takes an event to be sent.
   *
   * @return false if it is lost
   */
  boolean take(byte[] frame, EventStreamLimits limits, ToLongFunction<StreamSink> backlogBytes) {
    catchUp(limits, backlogBytes);
    if (waiting.isEmpty() && hasRoom(limits, backlogBytes)) {
      queue(frame);
      return true;
    }
    if (waiting.size() < limits.outstandingMax()) {
      waiting.add(frame);
      return true;
    }
    lost++;
    if (lost == 1) {
      LOG.log(
          WARNING,
          "the event stream to {0} is slow: {1,number,#} events wait for it, which is"
              + " --event_stream_max_outstanding_messages, and further ones are lost to it until it"
              + " reads again",
          listener.remoteAddress(),
          limits.outstandingMax());
    }
    return false;
  }

  /** Sends of what waits as much as there is room for. */
  void catchUp(EventStreamLimits limits, ToLongFunction<StreamSink> backlogBytes) {
    while (!waiting.isEmpty() && hasRoom(limits, backlogBytes)) {
      queue(waiting.remove());
    }
  }

  /** Shows that we are alive, unless enough is on its way to show it. */
  void keepAlive(byte[] blank, EventStreamLimits limits, ToLongFunction<StreamSink> backlogBytes) {
    if (waiting.isEmpty() && hasRoom(limits, backlogBytes)) {
      queue(blank);
    }
  }

  private boolean hasRoom(EventStreamLimits limits, ToLongFunction<StreamSink> backlogBytes) {
    return backlogBytes.applyAsLong(sink) < limits.unwrittenBytesMax();
  }

  private void queue(byte[] bytes) {
    // A stream that has ended takes nothing, and tells so by itself.
    queued |= sink.queue(bytes);
  }

  void flush() {
    if (queued) {
      queued = false;
      sink.flush();
    }
  }

  void ended() {
    if (lost > 0) {
      LOG.log(
          INFO,
          "the event stream to {0} ended; {1,number,#} events were lost to it",
          listener.remoteAddress(),
          lost);
    }
  }
}

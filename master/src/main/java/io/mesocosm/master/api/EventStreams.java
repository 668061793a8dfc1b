package io.mesocosm.master.api;

import com.google.protobuf.Message;
import io.mesocosm.http.StreamSink;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open event streams to frameworks or to agents. Thread-safe; sending and closing never block,
 * and do nothing for a stream that has ended.
 */
public final class EventStreams {
  private record Open(StreamSink sink, MediaType type) {}

  // HTTP threads open, the master's loop sends and closes, the server's threads report the end.
  private final Map<StreamId, Open> openById = new ConcurrentHashMap<>();

  void open(StreamId stream, StreamSink sink, MediaType type) {
    openById.put(stream, new Open(sink, type));
  }

  /**
   * Runs {@code action} once the stream has ended, whoever ended it; at once if it already has. On
   * any thread, even one that is in {@link #send}.
   */
  void onEnded(StreamId stream, StreamSink sink, Runnable action) {
    sink.onClosed(() -> {
      openById.remove(stream);
      action.run();
    });
  }

  /** Queues one event; false if the stream has ended. */
  public boolean send(StreamId stream, Message event) {
    Open open = openById.get(stream);
    return open != null && open.sink().send(RecordIo.frame(open.type().encode(event)));
  }

  /** Ends a stream after what was sent on it. */
  public void close(StreamId stream) {
    Open open = openById.remove(stream);
    if (open != null) {
      open.sink().close();
    }
  }

  /** How many streams are open. */
  public int size() {
    return openById.size();
  }
}

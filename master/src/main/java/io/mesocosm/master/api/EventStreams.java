package io.mesocosm.master.api;

import static java.lang.System.Logger.Level.WARNING;

import com.google.protobuf.Message;
import io.mesocosm.http.StreamSink;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * The open event streams to frameworks or to agents. Thread-safe; sending and closing never block,
 * and do nothing for a stream that has ended. What is sent waits for {@link #flush}: a thread of
 * the streams' own then encodes and writes it, in order, all of one stream in one piece.
 */
public final class EventStreams implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventStreams.class.getName());

  private record Open(StreamSink sink, MediaType type) {}

  /** An event to send, or the end of the stream. */
  private record Outgoing(Open to, Optional<Message> event) {}

  // HTTP threads open, the master's loop sends and closes, the server's threads report the end.
  private final Map<StreamId, Open> openById = new ConcurrentHashMap<>();
  private final ExecutorService writer;
  // The master's loop and its timers add.
  private final Object lock = new Object();
  private List<Outgoing> outgoing = new ArrayList<>();
  // Whoever cuts the streams writes it, all others read it.
  private volatile boolean cut;

  /**
   * @param name of the writing thread
   */
  public EventStreams(String name) {
    this.writer =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  void open(StreamId stream, StreamSink sink, MediaType type) {
    openById.put(stream, new Open(sink, type));
    if (cut) {
      sink.close();
    }
  }

  /**
   * Ends all streams now. What was sent and not yet written never is: this master does not lead any
   * more, and nothing more may be said in its name.
   */
  public void cut() {
    cut = true;
    openById.values().forEach(open -> open.sink().close());
    writer.shutdown();
  }

  /**
   * Runs {@code action} once the stream has ended, whoever ended it; at once if it already has. On
   * any thread.
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
    if (open == null || cut) {
      return false;
    }
    synchronized (lock) {
      outgoing.add(new Outgoing(open, Optional.of(event)));
    }
    return true;
  }

  /** Ends a stream after what was sent on it. */
  public void close(StreamId stream) {
    Open open = openById.remove(stream);
    if (open != null) {
      synchronized (lock) {
        outgoing.add(new Outgoing(open, Optional.empty()));
      }
    }
  }

  /** Has everything written that was sent before. */
  public void flush() {
    List<Outgoing> batch;
    synchronized (lock) {
      if (outgoing.isEmpty()) {
        return;
      }
      batch = outgoing;
      outgoing = new ArrayList<>();
    }
    try {
      writer.execute(() -> write(batch));
    } catch (RejectedExecutionException _) {
      // The streams are closed: their clients see it.
    }
  }

  private void write(List<Outgoing> batch) {
    Set<StreamSink> touched = new LinkedHashSet<>();
    for (Outgoing item : batch) {
      if (cut) {
        return;
      }
      StreamSink sink = item.to().sink();
      try {
        if (item.event().isPresent()) {
          sink.queue(RecordIo.frame(item.to().type().encode(item.event().get())));
          touched.add(sink);
        } else {
          sink.close();
        }
      } catch (RuntimeException e) {
        LOG.log(WARNING, "an event could not be written: its stream ends", e);
        sink.close();
      }
    }
    touched.forEach(StreamSink::flush);
  }

  /** How many streams are open. */
  public int size() {
    return openById.size();
  }

  @Override
  public void close() {
    writer.shutdown();
  }
}

package io.mesocosm.agent.api;

import io.mesocosm.http.StreamSink;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.mesos.v1.executor.Protos.Event;

/** One executor's events, kept until the stream is open. Thread-safe; never blocks for long. */
final class ExecutorStream {
  private final MediaType type;
  // The event loop sends and closes while the thread of the request opens the stream.
  private final ReentrantLock lock = new ReentrantLock();
  private final List<byte[]> early = new ArrayList<>();
  private Optional<StreamSink> sink = Optional.empty();
  private boolean closed;

  ExecutorStream(MediaType type) {
    this.type = type;
  }

  void attach(StreamSink opened) {
    lock.lock();
    try {
      sink = Optional.of(opened);
      early.forEach(opened::send);
      early.clear();
      if (closed) {
        opened.close();
      }
    } finally {
      lock.unlock();
    }
  }

  void send(Event event) {
    byte[] record = RecordIo.frame(type.encode(event));
    lock.lock();
    try {
      if (sink.isPresent()) {
        sink.get().send(record);
      } else {
        early.add(record);
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      sink.ifPresent(StreamSink::close);
    } finally {
      lock.unlock();
    }
  }
}

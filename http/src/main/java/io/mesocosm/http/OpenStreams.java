package io.mesocosm.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that are open, so that a server that stops can end them. Thread-safe. */
final class OpenStreams {
  // Request threads add, whatever ends a stream removes, the closing thread reads.
  private final Set<StreamSink> open = ConcurrentHashMap.newKeySet();

  void add(StreamSink sink) {
    open.add(sink);
    sink.onClosed(() -> open.remove(sink));
  }

  void closeAll() {
    open.forEach(StreamSink::close);
  }
}

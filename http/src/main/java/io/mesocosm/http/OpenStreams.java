package io.mesocosm.http;

import static java.lang.System.Logger.Level.DEBUG;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The streams that are open, so that a server that stops can end them. Thread-safe. */
final class OpenStreams {
  private static final System.Logger LOG = System.getLogger(OpenStreams.class.getName());

  // Request threads add, whatever ends a stream removes, the closing thread reads.
  private final Map<StreamSink, CompletableFuture<Void>> endByStream = new ConcurrentHashMap<>();
  // Set by the closing thread, read by request threads.
  private volatile boolean closing;

  int count() {
    return endByStream.size();
  }

  void add(StreamSink sink) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    endByStream.put(sink, end);
    sink.onClosed(() -> {
      endByStream.remove(sink);
      end.complete(null);
    });
    if (closing) {
      sink.close();
    }
  }

  /** Ends all, and waits for at most {@code max} until their clients have taken what is queued. */
  void closeAll(Duration max) throws InterruptedException {
    closing = true;
    endByStream.keySet().forEach(StreamSink::close);
    try {
      CompletableFuture.allOf(endByStream.values().toArray(CompletableFuture<?>[]::new))
          .get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.log(DEBUG, endByStream.size() + " streams are broken off", e);
    }
  }
}

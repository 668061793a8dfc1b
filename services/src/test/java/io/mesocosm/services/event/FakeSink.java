package io.mesocosm.services.event;

import io.mesocosm.http.StreamSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that takes what it is sent when the test says so. One thread. */
final class FakeSink implements StreamSink {
  private final List<String> flushed = new ArrayList<>();
  private final List<String> unflushed = new ArrayList<>();
  private final List<Runnable> actions = new ArrayList<>();
  private long untakenBytes;
  private boolean reads = true;
  private boolean closed;
  private int flushes;

  /** Whether it takes what is flushed. */
  void reads(boolean does) {
    reads = does;
    if (does) {
      untakenBytes = 0;
    }
  }

  @Override
  public boolean send(byte[] bytes) {
    boolean taken = queue(bytes);
    flush();
    return taken;
  }

  @Override
  public boolean queue(byte[] bytes) {
    if (!closed) {
      unflushed.add(new String(bytes, StandardCharsets.UTF_8));
      untakenBytes += bytes.length;
    }
    return !closed;
  }

  @Override
  public void flush() {
    flushes++;
    flushed.addAll(unflushed);
    unflushed.clear();
    if (reads) {
      untakenBytes = 0;
    }
  }

  @Override
  public void close() {
    closed = true;
    actions.forEach(Runnable::run);
    actions.clear();
  }

  @Override
  public void onClosed(Runnable action) {
    actions.add(action);
  }

  long untakenBytes() {
    return untakenBytes;
  }

  boolean isClosed() {
    return closed;
  }

  int flushes() {
    return flushes;
  }

  /** What was sent since the last call: types of events, ids of apps that ended, blank lines. */
  List<String> received() {
    List<String> received =
        flushed.stream()
            .map(text -> {
              if (text.equals("\r\n")) {
                return "blank";
              }
              int app = text.indexOf("\"appId\":\"/");
              return app < 0
                  ? text.substring("event: ".length(), text.indexOf('\r'))
                  : text.substring(app + 10, text.indexOf('"', app + 10));
            })
            .toList();
    flushed.clear();
    return received;
  }
}

package io.mesocosm.http;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * A stream over Jetty's asynchronous writes: one write at a time, what comes meanwhile is queued
 * and goes out in one piece. Writers of any thread, Jetty's write completions and its notice of a
 * vanished client meet under {@code lock}, under which nothing of others is called.
 */
final class JettyStreamSink implements StreamSink {
  private enum State {
    OPEN,
    /** No more may be queued; what is queued still goes out. */
    ENDING,
    CLOSED
  }

  private final Request request;
  private final Response response;
  private final Callback exchange;
  private final int backlogBytesMax;

  private final Object lock = new Object();
  private final Deque<byte[]> queued = new ArrayDeque<>();
  private final List<Runnable> onClosed = new ArrayList<>();
  private long queuedBytes;
  private boolean writing;
  private State state = State.OPEN;

  JettyStreamSink(Request request, Response response, Callback exchange, int backlogBytesMax) {
    this.request = request;
    this.response = response;
    this.exchange = exchange;
    this.backlogBytesMax = backlogBytesMax;
  }

  /** Sends the head, and asks to be told when the client goes away. */
  void open() {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    endPoint.setIdleTimeout(0);
    synchronized (lock) {
      writing = true;
    }
    response.write(false, BufferUtil.EMPTY_BUFFER, Callback.from(this::written, this::failed));
    // The request has been read to its end: anything readable now is the end of the connection, or
    // a client that sends
    // a second request on a connection whose answer never ends.
    endPoint.tryFillInterested(
        Callback.from(
            () -> failed(new java.io.EOFException("the client ended the connection")),
            this::failed));
  }

  @Override
  public boolean send(byte[] bytes) {
    boolean tooSlow = false;
    synchronized (lock) {
      if (state != State.OPEN) {
        return false;
      }
      if (queuedBytes + bytes.length > backlogBytesMax) {
        tooSlow = true;
      } else {
        queued.add(bytes);
        queuedBytes += bytes.length;
      }
    }
    if (tooSlow) {
      failed(
          new java.io.IOException(
              "the client does not read: more than " + backlogBytesMax + " bytes wait for it"));
      return false;
    }
    writeNext();
    return true;
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (state != State.OPEN) {
        return;
      }
      state = State.ENDING;
    }
    writeNext();
  }

  @Override
  public void onClosed(Runnable action) {
    synchronized (lock) {
      if (state != State.CLOSED) {
        onClosed.add(action);
        return;
      }
    }
    action.run();
  }

  private void writeNext() {
    ByteBuffer next;
    boolean last;
    synchronized (lock) {
      if (writing || state == State.CLOSED || (queued.isEmpty() && state == State.OPEN)) {
        return;
      }
      writing = true;
      next = ByteBuffer.allocate((int) queuedBytes);
      queued.forEach(next::put);
      next.flip();
      queued.clear();
      queuedBytes = 0;
      last = state == State.ENDING;
    }
    response.write(last, next, Callback.from(last ? this::ended : this::written, this::failed));
  }

  private void written() {
    synchronized (lock) {
      writing = false;
    }
    writeNext();
  }

  private void ended() {
    if (toClosed()) {
      exchange.succeeded();
      runClosed();
    }
  }

  private void failed(Throwable reason) {
    if (toClosed()) {
      exchange.failed(reason);
      runClosed();
    }
  }

  private boolean toClosed() {
    synchronized (lock) {
      boolean first = state != State.CLOSED;
      state = State.CLOSED;
      queued.clear();
      return first;
    }
  }

  private void runClosed() {
    List<Runnable> actions;
    synchronized (lock) {
      actions = List.copyOf(onClosed);
      onClosed.clear();
    }
    actions.forEach(Runnable::run);
  }
}

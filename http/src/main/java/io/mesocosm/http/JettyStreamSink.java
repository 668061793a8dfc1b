package io.mesocosm.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.EOFException;
import java.io.IOException;
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
import org.eclipse.jetty.util.IteratingCallback;

/**
 * A stream over Jetty's asynchronous writes: one write at a time, what comes meanwhile is queued
 * and goes out in one piece. Writers of any thread, Jetty's write completions and its notice of a
 * vanished client meet under {@code lock}, under which nothing of others is called.
 *
 * <pre>
 * OPEN --close()--> ENDING --all written--> CLOSED
 *   |                  |                      ^
 *   +------------------+----client gone-------+
 * </pre>
 */
final class JettyStreamSink implements StreamSink {
  private static final System.Logger LOG = System.getLogger(JettyStreamSink.class.getName());

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
  private final EndPoint endPoint;
  private final Writes writes = new Writes();

  private final Object lock = new Object();
  private final Deque<byte[]> queued = new ArrayDeque<>();
  private final List<Runnable> onClosed = new ArrayList<>();

  /** Queued or being written. */
  private long backlogBytes;

  private long queuedBytes;
  private State state = State.OPEN;

  JettyStreamSink(Request request, Response response, Callback exchange, int backlogBytesMax) {
    this.request = request;
    this.response = response;
    this.exchange = exchange;
    this.backlogBytesMax = backlogBytesMax;
    this.endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
  }

  /** Sends the head, and asks to be told when the client goes away. */
  void open() {
    endPoint.setIdleTimeout(0);
    writes.iterate();
    watchClient();
  }

  /** The request has been read to its end: what can be read now is the end of the connection. */
  private void watchClient() {
    endPoint.tryFillInterested(Callback.from(this::readable, this::failed));
  }

  private void readable() {
    ByteBuffer stray = ByteBuffer.allocate(1024);
    try {
      int length;
      do {
        BufferUtil.clear(stray);
        length = endPoint.fill(stray);
      } while (length > 0);
      if (length < 0) {
        failed(new EOFException("the client ended the connection"));
      } else {
        watchClient();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public boolean send(byte[] bytes) {
    boolean taken = queue(bytes);
    if (taken) {
      flush();
    }
    return taken;
  }

  @Override
  public void flush() {
    writes.iterate();
  }

  @Override
  public boolean queue(byte[] bytes) {
    boolean tooSlow;
    synchronized (lock) {
      if (state != State.OPEN) {
        return false;
      }
      tooSlow = backlogBytes + bytes.length > backlogBytesMax;
      if (!tooSlow) {
        queued.add(bytes);
        queuedBytes += bytes.length;
        backlogBytes += bytes.length;
      }
    }
    if (tooSlow) {
      String reason =
          "the client at "
              + endPoint.getRemoteSocketAddress()
              + " does not read: more than "
              + backlogBytesMax
              + " bytes wait for it";
      LOG.log(WARNING, "the stream of {0} ends: {1}", request.getHttpURI().getPath(), reason);
      failed(new IOException(reason));
      return false;
    }
    return true;
  }

  @Override
  public long backlogBytes() {
    synchronized (lock) {
      return backlogBytes;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (state != State.OPEN) {
        return;
      }
      state = State.ENDING;
    }
    writes.iterate();
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

  /** Writes the head, then whatever is queued, as long as there is something. */
  private final class Writes extends IteratingCallback {
    // Jetty runs one process() at a time, and sees to it that each sees what the last one did.
    private boolean headWritten;
    private boolean lastWritten;
    private long beingWrittenBytes;

    @Override
    protected Action process() {
      ByteBuffer next = BufferUtil.EMPTY_BUFFER;
      synchronized (lock) {
        backlogBytes -= beingWrittenBytes;
        beingWrittenBytes = 0;
        if (lastWritten || state == State.CLOSED) {
          return Action.SUCCEEDED;
        }
        if (headWritten) {
          if (queued.isEmpty() && state == State.OPEN) {
            return Action.IDLE;
          }
          next = takeQueued();
          beingWrittenBytes = next.remaining();
          lastWritten = state == State.ENDING;
        }
        headWritten = true;
      }
      response.write(lastWritten, next, this);
      return Action.SCHEDULED;
    }

    private ByteBuffer takeQueued() {
      ByteBuffer all;
      if (queued.size() == 1) {
        all = ByteBuffer.wrap(queued.getFirst());
      } else {
        all = ByteBuffer.allocate((int) queuedBytes);
        queued.forEach(all::put);
        all.flip();
      }
      queued.clear();
      queuedBytes = 0;
      return all;
    }

    @Override
    protected void onCompleteSuccess() {
      if (toClosed()) {
        exchange.succeeded();
        runClosed();
      }
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      JettyStreamSink.this.failed(cause);
    }
  }

  private void failed(Throwable reason) {
    if (toClosed()) {
      LOG.log(DEBUG, "a stream ends: {0}", reason.toString());
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
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.log(WARNING, "what was to be done at the end of a stream failed", e);
      }
    }
  }
}

package io.mesocosm.bench.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/**
 * Kept-alive connections that carry calls, one at a time each, for any number of callers. Of the
 * loop's thread.
 */
public final class CallPool {
  /** Someone with calls to make; the pool has at most one of them under way. */
  public interface Caller {
    /** The next call, or nothing more for now. Called again after each answer. */
    Optional<Call> next();

    /** The call was answered. */
    void answered(int status, String body);

    /** The call came to no answer. */
    void failed(String reason);
  }

  /**
   * A POST.
   *
   * @param headers complete lines, each with its end
   */
  public record Call(String path, String headers, byte[] body) {}

  private final Loop loop;
  private final InetSocketAddress master;
  private final int connectionsMax;
  private final Deque<Caller> ready = new ArrayDeque<>();
  private final Deque<Lane> idle = new ArrayDeque<>();
  private int lanes;
  private boolean pumping;
  private boolean closed;

  public CallPool(Loop loop, InetSocketAddress master, int connectionsMax) {
    this.loop = loop;
    this.master = master;
    this.connectionsMax = connectionsMax;
  }

  /**
   * The caller has something to send and nothing under way: it is served at the end of this pass.
   */
  public void ready(Caller caller) {
    ready.add(caller);
    if (!pumping) {
      pumping = true;
      loop.atEndOfPass(this::pump);
    }
  }

  /** Ends all connections; what is under way is not heard of again. */
  public void close() {
    closed = true;
    idle.forEach(lane -> lane.connection.ifPresent(Connection::close));
    ready.clear();
  }

  private void pump() {
    pumping = false;
    while (!closed && !ready.isEmpty()) {
      if (idle.isEmpty()) {
        if (lanes == connectionsMax) {
          return; // whichever lane is answered first goes on
        }
        lanes++;
        idle.add(new Lane());
      }
      serve(idle.removeLast());
    }
  }

  private void serve(Lane lane) {
    while (!ready.isEmpty()) {
      Caller caller = ready.removeFirst();
      Optional<Call> call = caller.next();
      if (call.isPresent()) {
        lane.send(caller, call.get());
        return;
      }
    }
    idle.addLast(lane);
  }

  /** One connection, made anew when it was lost. */
  private final class Lane implements Response {
    private Optional<Connection> connection = Optional.empty();
    private Optional<Caller> current = Optional.empty();
    private final StringBuilder text = new StringBuilder();
    private int status;

    void send(Caller caller, Call call) {
      current = Optional.of(caller);
      text.setLength(0);
      try {
        if (connection.isEmpty()) {
          connection = Optional.of(Connection.open(loop, master, this));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      connection.get().send(Connection.post(call.path(), call.headers(), call.body()));
    }

    @Override
    public void head(int newStatus, Map<String, String> headers) {
      status = newStatus;
    }

    @Override
    public void body(ByteBuffer part) {
      text.append(UTF_8.decode(part));
    }

    @Override
    public void end() {
      Caller caller = current.orElseThrow();
      current = Optional.empty();
      caller.answered(status, text.toString());
      if (closed) {
        connection.ifPresent(Connection::close);
        return;
      }
      idle.addLast(this);
      ready(caller); // it may have more; if not, next() says so
    }

    @Override
    public void failed(IOException reason) {
      connection = Optional.empty();
      Optional<Caller> caller = current;
      current = Optional.empty();
      if (closed) {
        return;
      }
      if (caller.isPresent()) {
        idle.addLast(this);
        caller.get().failed(String.valueOf(reason.getMessage()));
      }
      // An idle connection that the master closed is made anew at the next call.
    }
  }
}

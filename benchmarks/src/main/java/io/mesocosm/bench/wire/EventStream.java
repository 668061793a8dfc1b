package io.mesocosm.bench.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** One SUBSCRIBE whose response stays open. Of the loop's thread. */
public final class EventStream implements Response {
  /** Told of what happens on the stream, on the loop's thread. */
  public interface Listener {
    /** Status 200 has come. */
    void opened(EventStream stream);

    /** One record, valid during the call only. */
    void record(ByteBuffer bytes) throws IOException;

    /** Could not be opened, or has ended. */
    void ended(String reason);
  }

  private final Listener listener;
  private final RecordParser records;
  private Optional<Connection> connection = Optional.empty();
  private Map<String, String> headers = Map.of();
  private int status;

  private EventStream(Listener listener) {
    this.listener = listener;
    this.records = new RecordParser(listener::record);
  }

  /** Subscribes in protobuf. */
  public static EventStream open(
      Loop loop, InetSocketAddress master, String path, byte[] subscribe, Listener listener)
      throws IOException {
    EventStream stream = new EventStream(listener);
    Connection connection = Connection.open(loop, master, stream);
    stream.connection = Optional.of(connection);
    connection.send(
        Connection.post(
            path,
            "Host: master\r\nContent-Type: application/x-protobuf\r\nAccept: application/x-protobuf\r\n",
            subscribe));
    return stream;
  }

  /** Of the response, e.g. {@code mesos-stream-id}. */
  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** Ends it without a word to the listener. */
  public void close() {
    connection.ifPresent(Connection::close);
  }

  @Override
  public void head(int newStatus, Map<String, String> newHeaders) {
    status = newStatus;
    headers = newHeaders;
    if (status == 200) {
      listener.opened(this);
    }
  }

  @Override
  public void body(ByteBuffer part) throws IOException {
    if (status == 200) {
      records.feed(part);
    } else {
      throw new IOException("status " + status + ": " + UTF_8.decode(part));
    }
  }

  @Override
  public void end() throws IOException {
    throw new IOException("the master ended the stream, status " + status);
  }

  @Override
  public void failed(IOException reason) {
    listener.ended(String.valueOf(reason.getMessage()));
  }
}

package io.mesocosm.bench.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One connection to the master. Of the loop's thread. */
final class Connection {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Loop loop;
  private final Response response;
  private final ResponseParser parser;
  private final SocketChannel channel;
  private final SelectionKey key;

  /** What the socket has not taken yet. */
  private ByteBuffer waiting = NOTHING;

  private boolean connected;
  private boolean over;

  private Connection(Loop loop, Response response, SocketChannel channel) throws IOException {
    this.loop = loop;
    this.response = response;
    this.channel = channel;
    this.parser = new ResponseParser(response);
    this.key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
  }

  /** Begins to connect; what is sent meanwhile waits. */
  static Connection open(Loop loop, InetSocketAddress address, Response response)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    Connection connection = new Connection(loop, response, channel);
    channel.connect(address);
    return connection;
  }

  /** A POST, whole. */
  static ByteBuffer post(String path, String headers, byte[] body) {
    byte[] head =
        ("POST " + path + " HTTP/1.1\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n")
            .getBytes(ISO_8859_1);
    return ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip();
  }

  void send(ByteBuffer request) {
    if (over) {
      return;
    }
    if (waiting.hasRemaining()) {
      waiting =
          ByteBuffer.allocate(waiting.remaining() + request.remaining())
              .put(waiting)
              .put(request)
              .flip();
    } else {
      waiting = request;
    }
    if (connected) {
      try {
        flush();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  void ready() {
    if (over) {
      return;
    }
    try {
      if (!connected) {
        channel.finishConnect();
        connected = true;
        flush();
      } else {
        if (key.isWritable()) {
          flush();
        }
        if (key.isReadable()) {
          read();
        }
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  /** Through one shared direct buffer: the JDK would make one of its own for each size. */
  private void flush() throws IOException {
    ByteBuffer output = loop.output();
    while (waiting.hasRemaining()) {
      output.clear();
      int length = Math.min(output.remaining(), waiting.remaining());
      output.put(waiting.slice(waiting.position(), length)).flip();
      int written = channel.write(output);
      waiting.position(waiting.position() + written);
      if (written < length) {
        break;
      }
    }
    if (!waiting.hasRemaining()) {
      waiting = NOTHING;
    }
    int interest =
        waiting.hasRemaining()
            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
            : SelectionKey.OP_READ;
    if (key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  private void read() throws IOException {
    ByteBuffer input = loop.input();
    input.clear();
    int length = channel.read(input);
    if (length < 0) {
      throw new EOFException("the master ended the connection");
    }
    input.flip();
    parser.feed(input);
  }

  private void fail(IOException reason) {
    if (!over) {
      close();
      response.failed(reason);
    }
  }

  /** Ends it without a word to the owner. */
  void close() {
    over = true;
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger(Connection.class.getName())
          .log(System.Logger.Level.DEBUG, "a connection could not be closed", e);
    }
  }
}

package io.mesocosm.conformance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A plain socket for requests that no client library would send. One thread uses it. */
public final class RawConnection implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Socket socket = new Socket();
  private final InputStream in;

  RawConnection(URI base) throws IOException {
    int timeoutMillis = (int) TIMEOUT.toMillis();
    socket.connect(
        new InetSocketAddress(base.getHost(), base.getPort() < 0 ? 80 : base.getPort()),
        timeoutMillis);
    socket.setSoTimeout(timeoutMillis);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends the text as it stands, with line ends written as {@code \r\n} by the caller. */
  public RawConnection send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends the bytes as they stand. */
  public RawConnection send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends one chunk of a chunked body. */
  public RawConnection chunk(byte[] bytes) throws IOException {
    send(Integer.toHexString(bytes.length) + "\r\n");
    send(bytes);
    return send("\r\n");
  }

  /** Reads only the status line and headers; the answer's body is left to {@link #body()}. */
  public Answer head() throws IOException {
    String status = line();
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    String[] parts = status.split(" ", 3);
    Expect.that(parts.length >= 2 && parts[0].startsWith("HTTP/1."), "an HTTP status line", status);
    return new Answer(Integer.parseInt(parts[1]), headers, new byte[0]);
  }

  /** Reads a whole answer with a length, in chunks, or to the end of the connection. */
  public Answer answer() throws IOException {
    Answer head = head();
    byte[] body;
    if (head.header("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
      body = chunks();
    } else if (head.header("content-length").isPresent()) {
      body = in.readNBytes(Integer.parseInt(head.header("content-length").orElseThrow()));
    } else {
      body = in.readAllBytes();
    }
    return new Answer(head.status(), head.headers(), body);
  }

  /** The bytes that follow what was read. */
  public InputStream body() {
    return in;
  }

  /** Reads one chunk of a chunked answer; empty at its end. */
  public byte[] readChunk() throws IOException {
    int length = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    byte[] bytes = in.readNBytes(length);
    line();
    return bytes;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
      all.writeBytes(chunk);
    }
    return all.toByteArray();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException(
            "the connection ended within a line: " + line.toString(StandardCharsets.ISO_8859_1));
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

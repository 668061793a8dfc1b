package io.mesocosm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends what no client of good will sends to a server on the loopback address, and asserts that it
 * is refused.
 *
 * @param patience how long a read waits for the server
 */
public record HostileClient(int port, Duration patience) {
  private static final int MEGABYTE = 1 << 20;
  private static final int STATUS_LINE_BYTES = "HTTP/1.1 200".length();

  /** What others see while the server is kept busy. */
  @FunctionalInterface
  public interface Meanwhile {
    void check() throws Exception;
  }

  /** A connection on which {@code text} has been sent. */
  public Socket connect(String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) patience.toMillis());
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  /** A body of a hundred megabytes is answered with 413, or cut off. */
  public void assertHugeBodyIsRefused(String path) throws IOException {
    try (Socket sender = connect(head(path, 100 * MEGABYTE))) {
      byte[] megabyte = new byte[MEGABYTE];
      for (int i = 0; i < 100; i++) {
        sender.getOutputStream().write(megabyte);
      }
      assertThat(status(sender)).isEqualTo("HTTP/1.1 413");
    } catch (SocketException e) {
      // The server answers and closes while some of the body is still on its way: how the client
      // notices is a matter of timing.
      assertThat(e).hasMessageMatching("(?s).*(Broken pipe|reset|closed|aborted).*");
    }
  }

  /** A hundred bodies that never come to their end are answered with 408. */
  public void assertSlowBodiesAreRefused(String path, Meanwhile others) throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        slow.add(connect(head(path, 100_000) + "{\"type\":"));
      }
      others.check();
      for (Socket socket : slow) {
        assertThat(status(socket)).isEqualTo("HTTP/1.1 408");
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static String head(String path, int bytes) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        + bytes
        + "\r\n\r\n";
  }

  private static String status(Socket socket) throws IOException {
    return new String(socket.getInputStream().readNBytes(STATUS_LINE_BYTES), UTF_8);
  }
}

package io.mesocosm.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

/** Reads all apps with their tasks and looks at nothing in them but that the answer is whole. */
final class AppsReader {
  static final String PATH = "/v2/apps?embed=apps.tasks";
  private static final byte[] REQUEST =
      ("GET "
              + PATH
              + " HTTP/1.1\r\nHost: services\r\nAccept: application/json\r\nConnection: close"
              + "\r\n\r\n")
          .getBytes(US_ASCII);
  private static final int STATUS_BYTES = 12;
  private static final int END_BYTES = 16;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int TIMEOUT_MILLIS = 120_000;

  /** How long one read took, from the first byte of the request to the last of the answer. */
  record Read(long bytes, double seconds) {}

  private AppsReader() {}

  /**
   * One read.
   *
   * @throws IOException if the answer is not 200, or not whole
   */
  static Read read(InetSocketAddress server) throws IOException {
    long begin = System.nanoTime();
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(REQUEST);
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      String status = new String(in.readNBytes(STATUS_BYTES), US_ASCII);
      if (!status.endsWith(" 200")) {
        throw new IOException("GET " + PATH + " was answered " + status);
      }
      long bytes = STATUS_BYTES;
      String end = "";
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        bytes += length;
        String tail =
            new String(
                Arrays.copyOfRange(buffer, Math.max(0, length - END_BYTES), length), US_ASCII);
        String joined = end + tail;
        end = joined.substring(Math.max(0, joined.length() - END_BYTES));
      }
      if (!end.endsWith("]}\r\n0\r\n\r\n") && !end.endsWith("]}")) {
        throw new IOException("GET " + PATH + " was cut off after " + bytes + " bytes");
      }
      return new Read(bytes, (System.nanoTime() - begin) / 1e9);
    }
  }
}

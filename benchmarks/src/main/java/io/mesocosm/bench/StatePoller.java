package io.mesocosm.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that read {@code /state} over and over and look at nothing in it. */
final class StatePoller implements AutoCloseable {
  private static final byte[] REQUEST =
      "GET /state HTTP/1.1\r\nHost: master\r\nConnection: close\r\n\r\n".getBytes(US_ASCII);

  /** How long one read took, first byte of the request to the last of the answer. */
  record Read(long bytes, double seconds) {}

  // The pollers write them, whoever measures reads them.
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  StatePoller(InetSocketAddress master, int clients) {
    for (int client = 0; client < clients; client++) {
      threads.add(
          Thread.ofPlatform()
              .name("state-poller-" + client)
              .daemon()
              .start(() -> {
                while (!ended.get()) {
                  try {
                    read(master);
                    reads.incrementAndGet();
                  } catch (IOException e) {
                    failures.incrementAndGet();
                  }
                }
              }));
    }
  }

  long reads() {
    return reads.get();
  }

  long failures() {
    return failures.get();
  }

  /**
   * One read.
   *
   * @throws IOException if the answer is not 200
   */
  static Read read(InetSocketAddress master) throws IOException {
    long begin = System.nanoTime();
    try (Socket socket = new Socket(master.getAddress(), master.getPort())) {
      socket.getOutputStream().write(REQUEST);
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[128 << 10];
      byte[] head = in.readNBytes(12);
      String status = new String(head, US_ASCII);
      if (!status.endsWith(" 200")) {
        throw new IOException("GET /state was answered " + status);
      }
      long bytes = head.length;
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        bytes += length;
      }
      return new Read(bytes, (System.nanoTime() - begin) / 1e9);
    }
  }

  @Override
  public void close() {
    ended.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}

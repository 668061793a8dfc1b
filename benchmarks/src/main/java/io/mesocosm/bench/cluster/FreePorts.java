package io.mesocosm.bench.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Ports for processes that are killed and started again with the same ones. They are below those
 * that the kernel gives to outgoing connections: hundreds of agents that look for a dead master
 * would otherwise take its port from it.
 */
final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES_MAX = 1000;

  private FreePorts() {}

  /** Different ones, all free at the same time. */
  static List<Integer> find(int count) throws IOException {
    SplittableRandom random = new SplittableRandom();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int tries = 0; held.size() < count && tries < TRIES_MAX; tries++) {
        try {
          held.add(
              new ServerSocket(
                  random.nextInt(LOWEST, HIGHEST), 1, InetAddress.getLoopbackAddress()));
        } catch (IOException _) {
          // Taken: the next may be free.
        }
      }
      if (held.size() < count) {
        throw new IOException(
            "no "
                + count
                + " free ports from "
                + LOWEST
                + " to "
                + HIGHEST
                + ": end what has them");
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}

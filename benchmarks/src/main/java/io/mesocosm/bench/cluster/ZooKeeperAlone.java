package io.mesocosm.bench.cluster;

import com.sun.net.httpserver.HttpServer;
import io.mesocosm.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The product's ZooKeeper in a process of its own, so that its CPU time is told from that of
 * others. Arguments: the folder, the client port, and the port of {@code GET /health}. Runs until
 * killed.
 */
final class ZooKeeperAlone {
  private static final int OK = 200;

  /** Talkative; held, as the logging would else forget the level. */
  private static final Logger LIBRARY = Logger.getLogger("org.apache.zookeeper");

  private ZooKeeperAlone() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    LIBRARY.setLevel(Level.SEVERE);
    EmbeddedZooKeeper.start(Path.of(arguments[0]), "127.0.0.1", Integer.parseInt(arguments[1]));
    HttpServer health =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])),
            1);
    health.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(OK, -1);
          exchange.close();
        });
    health.start();
  }
}

package io.mesocosm.coordination;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/**
 * One real ZooKeeper server inside this process, on its usual wire protocol; any ZooKeeper client
 * can use it. It grants session time-outs from one second to a minute. Start and close on one
 * thread.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EmbeddedZooKeeper.class.getName());

  private final ServerFolder folder;
  private final FileTxnSnapLog log;
  private final ZooKeeperServer server;
  private final ClientPort clients;

  private EmbeddedZooKeeper(
      ServerFolder folder, FileTxnSnapLog log, ZooKeeperServer server, ClientPort clients) {
    this.folder = folder;
    this.log = log;
    this.server = server;
    this.clients = clients;
  }

  /**
   * Serves what is in {@code dataFolder}, which is made when missing.
   *
   * @param port 0 for any free one
   * @throws IOException in one line, if the port is taken, the folder cannot be written or is in
   *     use, or what is in it cannot be read; nothing is left running then
   */
  public static EmbeddedZooKeeper start(Path dataFolder, String bindAddress, int port)
      throws IOException, InterruptedException {
    ServerSettings.apply();
    ServerFolder folder = ServerFolder.open(dataFolder);
    boolean started = false;
    try {
      EmbeddedZooKeeper server = serve(folder, dataFolder, ClientPort.listen(bindAddress, port));
      started = true;
      return server;
    } finally {
      if (!started) {
        folder.close();
      }
    }
  }

  public int port() {
    return clients.port();
  }

  /** As clients on this machine are told it, e.g. {@code 127.0.0.1:2181}. */
  public String connectString() {
    return clients.connectString();
  }

  /** As if it had not been heard of in time: for tests, which cannot make one late at will. */
  void expire(long session) {
    server.closeSession(session);
  }

  @Override
  public void close() {
    clients.close();
    server.shutdown(true);
    try {
      log.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the log of ZooKeeper was not closed cleanly", e);
    }
    folder.close();
  }

  private static EmbeddedZooKeeper serve(ServerFolder folder, Path dataFolder, ClientPort clients)
      throws IOException, InterruptedException {
    boolean started = false;
    try {
      FileTxnSnapLog log = new FileTxnSnapLog(dataFolder.toFile(), dataFolder.toFile());
      ZooKeeperServer server = new ZooKeeperServer(log, ServerSettings.TICK_MILLIS, "");
      server.setMinSessionTimeout(ServerSettings.SESSION_MILLIS_MIN);
      server.setMaxSessionTimeout(ServerSettings.SESSION_MILLIS_MAX);
      load(clients, server, dataFolder);
      folder.startPurging();
      started = true;
      return new EmbeddedZooKeeper(folder, log, server, clients);
    } finally {
      if (!started) {
        clients.close();
      }
    }
  }

  private static void load(ClientPort clients, ZooKeeperServer server, Path dataFolder)
      throws IOException, InterruptedException {
    try {
      clients.connections().startup(server);
    } catch (IOException e) {
      throw new IOException(
          "ZooKeeper cannot read what is in " + dataFolder + ": " + e.getMessage(), e);
    }
  }
}

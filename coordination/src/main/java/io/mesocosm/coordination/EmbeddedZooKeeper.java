package io.mesocosm.coordination;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/**
 * One real ZooKeeper server inside this process, on its usual wire protocol; any ZooKeeper client
 * can use it. Start and close on one thread.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EmbeddedZooKeeper.class.getName());
  private static final int TICK_MILLIS = 2000;
  private static final int CONNECTIONS_PER_HOST_MAX = 1000;
  private static final int SNAPSHOTS_KEPT = 3;
  private static final int PURGE_HOURS = 1;

  private final FileChannel lock;
  private final FileTxnSnapLog log;
  private final ZooKeeperServer server;
  private final NIOServerCnxnFactory connections;
  private final DatadirCleanupManager cleanup;

  private EmbeddedZooKeeper(
      FileChannel lock,
      FileTxnSnapLog log,
      ZooKeeperServer server,
      NIOServerCnxnFactory connections,
      DatadirCleanupManager cleanup) {
    this.lock = lock;
    this.log = log;
    this.server = server;
    this.connections = connections;
    this.cleanup = cleanup;
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
    // ZooKeeper reads these when its classes load: no web server of its own, no beans for log4j,
    // and of its four-letter words those that only tell how it is.
    System.setProperty("zookeeper.admin.enableServer", "false");
    System.setProperty("zookeeper.jmx.log4j.disable", "true");
    System.setProperty("zookeeper.4lw.commands.whitelist", "ruok,srvr,stat,mntr,isro");
    FileChannel lock = lock(dataFolder);
    NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
    boolean started = false;
    try {
      listen(connections, bindAddress, port);
      FileTxnSnapLog log = new FileTxnSnapLog(dataFolder.toFile(), dataFolder.toFile());
      ZooKeeperServer server = new ZooKeeperServer(log, TICK_MILLIS, "");
      load(connections, server, dataFolder);
      DatadirCleanupManager cleanup =
          new DatadirCleanupManager(
              dataFolder.toFile(), dataFolder.toFile(), SNAPSHOTS_KEPT, PURGE_HOURS);
      cleanup.start();
      started = true;
      return new EmbeddedZooKeeper(lock, log, server, connections, cleanup);
    } finally {
      if (!started) {
        connections.shutdown();
        lock.close();
      }
    }
  }

  public int port() {
    return connections.getLocalPort();
  }

  /** As clients on this machine are told it, e.g. {@code 127.0.0.1:2181}. */
  public String connectString() {
    InetAddress address = connections.getLocalAddress().getAddress();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
  }

  @Override
  public void close() {
    cleanup.shutdown();
    connections.shutdown();
    server.shutdown(true);
    try {
      log.close();
      lock.close();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "the data folder of ZooKeeper was not closed cleanly", e);
    }
  }

  /** Two servers on one folder would write into each other's log; ZooKeeper does not look. */
  private static FileChannel lock(Path dataFolder) throws IOException {
    FileChannel channel;
    try {
      Files.createDirectories(dataFolder);
      channel =
          FileChannel.open(
              dataFolder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "ZooKeeper cannot write its data folder " + dataFolder + ": " + e.getMessage(), e);
    }
    if (isLocked(channel)) {
      return channel;
    }
    channel.close();
    throw new IOException(
        "another ZooKeeper uses the data folder "
            + dataFolder
            + ": stop it, or use another folder");
  }

  /** The lock lasts until the channel is closed, or the process ends, however it ends. */
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false; // held by this very process
    }
  }

  private static void listen(NIOServerCnxnFactory connections, String bindAddress, int port)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(bindAddress, port);
    if (address.isUnresolved()) {
      throw new IOException("ZooKeeper cannot listen on " + bindAddress + ": no such host");
    }
    try {
      connections.configure(address, CONNECTIONS_PER_HOST_MAX);
    } catch (IOException e) {
      throw new IOException(
          "ZooKeeper cannot listen on port " + port + " of " + bindAddress + ": " + e.getMessage(),
          e);
    }
  }

  private static void load(
      NIOServerCnxnFactory connections, ZooKeeperServer server, Path dataFolder)
      throws IOException, InterruptedException {
    try {
      connections.startup(server);
    } catch (IOException e) {
      throw new IOException(
          "ZooKeeper cannot read what is in " + dataFolder + ": " + e.getMessage(), e);
    }
  }
}

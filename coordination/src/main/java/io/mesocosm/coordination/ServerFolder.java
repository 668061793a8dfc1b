package io.mesocosm.coordination;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.zookeeper.server.DatadirCleanupManager;

/**
 * The data folder of a ZooKeeper server in this process: ours alone while open, and purged of what
 * newer snapshots have replaced.
 */
final class ServerFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServerFolder.class.getName());
  private static final int SNAPSHOTS_KEPT = 3;
  private static final int PURGE_HOURS = 1;

  private final FileChannel lock;
  private final DatadirCleanupManager purge;

  private ServerFolder(Path path, FileChannel lock) {
    this.lock = lock;
    this.purge =
        new DatadirCleanupManager(path.toFile(), path.toFile(), SNAPSHOTS_KEPT, PURGE_HOURS);
  }

  /**
   * Makes it when missing. Two servers on one folder would write into each other's log; ZooKeeper
   * does not look.
   *
   * @throws IOException in one line, if it cannot be written or is in use
   */
  static ServerFolder open(Path path) throws IOException {
    FileChannel channel;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "ZooKeeper cannot write its data folder " + path + ": " + e.getMessage(), e);
    }
    if (isLocked(channel)) {
      return new ServerFolder(path, channel);
    }
    channel.close();
    throw new IOException(
        "another ZooKeeper uses the data folder " + path + ": stop it, or use another folder");
  }

  void startPurging() {
    purge.start();
  }

  @Override
  public void close() {
    purge.shutdown();
    try {
      lock.close();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "the data folder of ZooKeeper was not closed cleanly", e);
    }
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
}

package io.mesocosm.master.shell;

import io.mesocosm.coordination.FileStore;
import io.mesocosm.coordination.VersionedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The registry of a master without ZooKeeper, in its work directory, held by one process at a time:
 * two masters would each undo what the other writes. The kernel frees it when the process ends,
 * however it ends.
 */
public final class RegistryFiles implements AutoCloseable {
  private final FileChannel held;
  private final VersionedStore store;

  private RegistryFiles(FileChannel held, VersionedStore store) {
    this.held = held;
    this.store = store;
  }

  /** Where the records are. */
  public static Path folder(Path workDir) {
    return workDir.resolve("registry");
  }

  /**
   * Takes the registry of a work directory.
   *
   * @throws IllegalStateException in one line, if a master or an import has it, or it cannot be
   *     written
   */
  public static RegistryFiles hold(Path workDir) {
    FileChannel channel;
    try {
      Files.createDirectories(workDir);
      channel =
          FileChannel.open(
              workDir.resolve("registry.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IllegalStateException(
          "--work_dir=" + workDir + " is not writable: give a directory that is", e);
    }
    boolean complete = false;
    try {
      if (!isLocked(channel)) {
        throw new IllegalStateException(
            "--work_dir=" + workDir + " is used by a master: stop it, or give another directory");
      }
      RegistryFiles files = new RegistryFiles(channel, FileStore.open(folder(workDir)));
      complete = true;
      return files;
    } finally {
      if (!complete) {
        close(channel);
      }
    }
  }

  private static boolean isLocked(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false; // held by this very process
    } catch (IOException e) {
      throw new UncheckedIOException("the registry cannot be locked", e);
    }
  }

  public VersionedStore store() {
    return store;
  }

  @Override
  public void close() {
    store.close();
    close(held);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the registry's lock cannot be let go", e);
    }
  }
}

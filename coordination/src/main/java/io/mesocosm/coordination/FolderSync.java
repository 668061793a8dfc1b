package io.mesocosm.coordination;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes the names in a folder durable: a file that was made, renamed or removed is only so once its
 * folder is synced. Those who ask while a sync is under way share the next one, and its failure.
 * Thread-safe.
 */
final class FolderSync {
  /** Those who share a sync; touched under one of the locks each. */
  private static final class Round {
    private boolean begun;
    private Optional<IOException> failure = Optional.empty();
  }

  private final Path folder;
  private final ReentrantLock joining = new ReentrantLock();
  private final ReentrantLock syncing = new ReentrantLock();
  private Round next = new Round();

  FolderSync(Path folder) {
    this.folder = folder;
  }

  /** Returns when all is durable that the caller did before. */
  void sync() throws IOException {
    Round round = join();
    syncing.lock();
    try {
      if (!round.begun) {
        round.begun = true;
        closeToOthers();
        round.failure = failureOfSync();
      }
      if (round.failure.isPresent()) {
        throw new IOException(round.failure.get().getMessage(), round.failure.get());
      }
    } finally {
      syncing.unlock();
    }
  }

  private Round join() {
    joining.lock();
    try {
      return next;
    } finally {
      joining.unlock();
    }
  }

  private void closeToOthers() {
    joining.lock();
    try {
      next = new Round();
    } finally {
      joining.unlock();
    }
  }

  private Optional<IOException> failureOfSync() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }
}

package io.mesocosm.http.tls;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was read from files, read anew when they have changed. Those who ask make it look, at most
 * once in an interval; no thread is needed for that. New files that are no good are said so once,
 * and the old content stays. Thread-safe.
 */
final class Reloading<T> {
  private static final System.Logger LOG = System.getLogger(Reloading.class.getName());

  /** Reads the files. */
  @FunctionalInterface
  interface Loader<T> {
    T load() throws IOException, GeneralSecurityException;
  }

  private final List<Path> files;
  private final Duration interval;
  private final Loader<T> loader;
  // One of the threads in handshakes looks at the files, the others go on with what there is.
  private final ReentrantLock lock = new ReentrantLock();
  private volatile T current;
  private List<String> stamps;
  private long lookedAtNanos = System.nanoTime();

  /**
   * @throws IllegalArgumentException in one line, if the files are no good now
   */
  Reloading(List<Path> files, Duration interval, Loader<T> loader) {
    this.files = List.copyOf(files);
    this.interval = interval;
    this.loader = loader;
    this.stamps = stamps();
    try {
      this.current = loader.load();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException("TLS files " + files + " are no good: " + e, e);
    }
  }

  T current() {
    if (lock.tryLock()) {
      try {
        if (System.nanoTime() - lookedAtNanos >= interval.toNanos()) {
          look();
          lookedAtNanos = System.nanoTime();
        }
      } finally {
        lock.unlock();
      }
    }
    return current;
  }

  private void look() {
    List<String> now = stamps();
    if (now.equals(stamps)) {
      return;
    }
    stamps = now;
    try {
      current = loader.load();
      LOG.log(INFO, "TLS files {0} have changed and are in use", files);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      LOG.log(
          WARNING,
          "TLS files {0} have changed and are no good, so the old ones stay in use: {1}",
          files,
          e);
    }
  }

  private List<String> stamps() {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        found.add(
            attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
      } catch (IOException e) {
        found.add("unreadable: " + e);
      }
    }
    return found;
  }
}

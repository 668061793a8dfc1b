package io.mesocosm.coordination;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A store in a directory of its own, a file a record: for a process that stands alone, without
 * ZooKeeper. A write is a synced new file under another name that then takes the place of the old
 * one, so that a crash leaves the one or the other whole. Writes of several threads share the sync
 * of the directory. Thread-safe within one process; two processes, or two stores of one process at
 * a time, must not share the directory, for the names of all records are kept in memory.
 */
public final class FileStore implements VersionedStore {
  private static final String SUFFIX = ".record";

  private static final int LOCKS = 512; // some more than writers, so that few meet by chance

  private final Path directory;
  private final FolderSync names;

  /** Of all records that there are. Changed under the path's lock. */
  private final NavigableSet<String> paths = new ConcurrentSkipListSet<>();

  /** Of a path, by its hash; nobody holds two. */
  private final List<ReentrantLock> locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

  private FileStore(Path directory) {
    this.directory = directory;
    this.names = new FolderSync(directory);
  }

  /**
   * @param directory is made if it is missing
   * @throws UncheckedIOException if it cannot be made or listed
   */
  public static FileStore open(Path directory) {
    try {
      Files.createDirectories(directory);
      FileStore store = new FileStore(directory);
      store.list();
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the store's directory " + directory + " cannot be made or listed: give one that can be",
          e);
    }
  }

  private void list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
          .forEach(paths::add);
    }
  }

  @Override
  public Optional<Versioned> get(String path) {
    RecordPath.requireRecord(path);
    return locked(path, () -> read(path));
  }

  @Override
  public SortedMap<String, Versioned> children(String folder) {
    RecordPath.requireFolder(folder);
    SortedMap<String, Versioned> found = new TreeMap<>();
    String prefix = RecordPath.child(folder, "");
    for (String path : below(prefix)) {
      if (path.indexOf('/', prefix.length()) < 0) {
        get(path).ifPresent(record -> found.put(path, record));
      }
    }
    return found;
  }

  @Override
  public Versioned create(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    return locked(
        path,
        () -> {
          if (read(path).isPresent()) {
            throw VersionConflictException.exists(path);
          }
          return write(path, bytes, 0);
        });
  }

  @Override
  public Versioned replace(String path, byte[] bytes, long expectedVersion) {
    RecordPath.requireRecord(path);
    return locked(
        path,
        () -> {
          if (read(path).filter(present -> present.version() == expectedVersion).isEmpty()) {
            throw new VersionConflictException(path, expectedVersion);
          }
          return write(path, bytes, expectedVersion + 1);
        });
  }

  @Override
  public Versioned put(String path, byte[] bytes) {
    RecordPath.requireRecord(path);
    return locked(
        path,
        () -> write(path, bytes, read(path).map(present -> present.version() + 1).orElse(0L)));
  }

  @Override
  public void delete(String path) {
    RecordPath.requireRecord(path);
    List<String> obsolete = new ArrayList<>(below(path + "/"));
    obsolete.add(path);
    try {
      for (String each : obsolete.reversed()) {
        remove(each);
      }
      names.sync();
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "record " + path + " cannot be removed from " + directory, e);
    }
  }

  private void remove(String path) throws IOException {
    ReentrantLock lock = lock(path);
    lock.lock();
    try {
      Files.deleteIfExists(file(path));
      paths.remove(path);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    // nothing is held open
  }

  /** Under the path's lock. */
  private Optional<Versioned> read(String path) {
    try {
      byte[] stored = Files.readAllBytes(file(path));
      int tail = stored.length - Long.BYTES;
      if (tail < 0) {
        throw new CorruptRecordException(path, stored.length + " bytes are too few to be one");
      }
      byte[] bytes = StoredFrame.unwrap(path, Arrays.copyOf(stored, tail));
      return Optional.of(new Versioned(bytes, ByteBuffer.wrap(stored, tail, Long.BYTES).getLong()));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "record " + path + " cannot be read from " + directory, e);
    }
  }

  /** Under the path's lock. */
  private Versioned write(String path, byte[] bytes, long version) {
    byte[] frame = StoredFrame.wrap(path, bytes);
    byte[] content =
        ByteBuffer.allocate(frame.length + Long.BYTES).put(frame).putLong(version).array();
    Path file = file(path);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      paths.add(path);
      names.sync();
      return new Versioned(bytes.clone(), version);
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "record " + path + " cannot be written to " + directory, e);
    }
  }

  private Path file(String path) {
    return directory.resolve(URLEncoder.encode(path, StandardCharsets.UTF_8) + SUFFIX);
  }

  /** All that begin with the prefix, which ends in a slash. */
  private List<String> below(String prefix) {
    String end = prefix.substring(0, prefix.length() - 1) + (char) ('/' + 1);
    return List.copyOf(paths.subSet(prefix, end));
  }

  private <T> T locked(String path, Supplier<T> access) {
    ReentrantLock lock = lock(path);
    lock.lock();
    try {
      return access.get();
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(String path) {
    return locks.get(Math.floorMod(path.hashCode(), LOCKS));
  }
}

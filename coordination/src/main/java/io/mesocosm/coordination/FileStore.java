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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A store in a directory of its own, a file a record: for a process that stands alone, without
 * ZooKeeper. A write is a synced new file under another name that then takes the place of the old
 * one, so that a crash leaves the one or the other whole. Thread-safe within one process; two
 * processes must not share the directory.
 */
public final class FileStore implements VersionedStore {
  private static final String SUFFIX = ".record";

  private final Path directory;

  private FileStore(Path directory) {
    this.directory = directory;
  }

  /**
   * @param directory is made if it is missing
   * @throws UncheckedIOException if it cannot be made
   */
  public static FileStore open(Path directory) {
    try {
      Files.createDirectories(directory);
      return new FileStore(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the store's directory " + directory + " cannot be made: give one that can be", e);
    }
  }

  @Override
  public synchronized Optional<Versioned> get(String path) {
    RecordPath.requireRecord(path);
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

  @Override
  public synchronized SortedMap<String, Versioned> children(String folder) {
    RecordPath.requireFolder(folder);
    String prefix = RecordPath.child(folder, "");
    SortedMap<String, Versioned> found = new TreeMap<>();
    for (String path : paths()) {
      if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
        get(path).ifPresent(record -> found.put(path, record));
      }
    }
    return found;
  }

  @Override
  public synchronized Versioned create(String path, byte[] bytes) {
    if (get(path).isPresent()) {
      throw VersionConflictException.exists(path);
    }
    return write(path, bytes, 0);
  }

  @Override
  public synchronized Versioned replace(String path, byte[] bytes, long expectedVersion) {
    if (get(path).filter(present -> present.version() == expectedVersion).isEmpty()) {
      throw new VersionConflictException(path, expectedVersion);
    }
    return write(path, bytes, expectedVersion + 1);
  }

  @Override
  public synchronized Versioned put(String path, byte[] bytes) {
    return write(path, bytes, get(path).map(present -> present.version() + 1).orElse(0L));
  }

  @Override
  public synchronized void delete(String path) {
    RecordPath.requireRecord(path);
    try {
      for (String stored : paths()) {
        if (stored.equals(path) || stored.startsWith(path + "/")) {
          Files.deleteIfExists(file(stored));
        }
      }
      sync(directory);
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "record " + path + " cannot be removed from " + directory, e);
    }
  }

  @Override
  public void close() {
    // nothing is held open
  }

  private Versioned write(String path, byte[] bytes, long version) {
    RecordPath.requireRecord(path);
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
      sync(directory);
      return new Versioned(bytes.clone(), version);
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "record " + path + " cannot be written to " + directory, e);
    }
  }

  /** A file's name is only durable once its directory is. */
  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path file(String path) {
    return directory.resolve(URLEncoder.encode(path, StandardCharsets.UTF_8) + SUFFIX);
  }

  private List<String> paths() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new StoreUnavailableException("the store " + directory + " cannot be listed", e);
    }
  }
}

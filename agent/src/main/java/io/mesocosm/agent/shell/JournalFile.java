package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.shell.JournalFrames.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * An agent's records in one file that is only ever appended to, one {@link JournalFrames frame} a
 * step. When it is much larger than what it holds, a fresh file with nothing but the present
 * records takes its place, by a rename: after any crash there is either the old one or the new one,
 * both whole.
 */
final class JournalFile implements JournalDisk {
  private static final System.Logger LOG = System.getLogger(JournalFile.class.getName());
  private static final int SNAPSHOT_FRAME_BYTES = 4 << 20;
  private static final int GARBAGE_FACTOR = 4;

  private final Path folder;
  private final Path file;
  private final Path fresh;
  private final long compactionBytesMin;
  private final LongSupplier salts;
  private final SortedMap<String, ByteString> recordsByName = new TreeMap<>();
  private final boolean damaged;
  private FileChannel channel;
  private long salt;
  private long number;
  private long bytes;
  private long liveBytes;
  // Below this size no (other) attempt is made to write a smaller file.
  private long compactionBytes;

  private JournalFile(
      Path folder, boolean strict, long compactionBytesMin, LongSupplier salts, InstantSource clock)
      throws IOException {
    this.folder = folder;
    this.file = folder.resolve("journal");
    this.fresh = folder.resolve("journal.new");
    this.compactionBytesMin = compactionBytesMin;
    this.compactionBytes = compactionBytesMin;
    this.salts = salts;
    createFolder();
    Files.deleteIfExists(fresh);
    Optional<String> damage = read();
    this.damaged = damage.isPresent();
    if (damage.isPresent()) {
      if (strict) {
        throw new IllegalStateException(
            file
                + " is damaged: "
                + damage.get()
                + "; put back a sound copy, or start with --no-strict to go on with the "
                + recordsByName.size()
                + " records before the damage: the file is kept under another name, and containers"
                + " that only the rest of it tells of are killed");
      }
      Path aside = folder.resolve("journal.damaged-" + clock.millis());
      Files.move(file, aside, ATOMIC_MOVE);
      LOG.log(
          WARNING,
          "{0} is damaged: {1}; going on with the {2} records before that, the file is kept as {3}",
          file,
          damage.get(),
          recordsByName.size(),
          aside);
    }
    if (Files.exists(file)) {
      channel = FileChannel.open(file, READ, WRITE);
      cutTornTail();
    } else {
      channel = replace();
    }
  }

  /**
   * Opens the journal of a folder, or makes an empty one.
   *
   * @param strict whether damage that a crash cannot have caused is refused; without, what cannot
   *     be read is given up, and the file is kept under another name
   * @param compactionBytesMin a file below this size is left as it is
   * @param salts another number for each file
   * @throws IllegalStateException in one line that names the file, the place and the remedy
   * @throws IOException with a message for the operator, if the folder cannot be written to
   */
  static JournalFile open(
      Path folder, boolean strict, long compactionBytesMin, LongSupplier salts, InstantSource clock)
      throws IOException {
    return new JournalFile(folder, strict, compactionBytesMin, salts, clock);
  }

  /** By name, as of the last write. */
  SortedMap<String, ByteString> records() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(recordsByName));
  }

  /** Whether a part could not be read and was given up. */
  boolean damaged() {
    return damaged;
  }

  /** For messages. */
  @Override
  public String toString() {
    return file.toString();
  }

  /** How large the file is. */
  long size() {
    return bytes;
  }

  @Override
  public void write(SortedMap<String, Optional<ByteString>> changes) throws IOException {
    byte[] frame = JournalFrames.frame(salt, number + 1, changes);
    try {
      writeAll(channel, frame);
      channel.force(false);
    } catch (IOException e) {
      throw failure(e);
    }
    number++;
    bytes += frame.length;
    apply(changes);
    if (bytes > compactionBytes && bytes > GARBAGE_FACTOR * liveBytes) {
      compact();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Everything in it is safe already.
      LOG.log(WARNING, file + " could not be closed", e);
    }
  }

  private void apply(SortedMap<String, Optional<ByteString>> changes) {
    changes.forEach((name, record) -> {
      ByteString before =
          record.isPresent() ? recordsByName.put(name, record.get()) : recordsByName.remove(name);
      liveBytes +=
          record.map(it -> (long) it.size() + name.length()).orElse(0L)
              - (before == null ? 0 : before.size() + name.length());
    });
  }

  /**
   * Takes over what is in the file, up to its end or the first thing that cannot be read.
   *
   * @return what is wrong, unless it is just what a crash leaves behind
   */
  private Optional<String> read() throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (OutOfMemoryError _) {
      throw new IOException(file + " is larger than the memory: give the agent more of it");
    }
    Optional<Long> found;
    try {
      found = JournalFrames.salt(content);
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    if (found.isEmpty()) {
      return Optional.of("it does not begin as a journal does");
    }
    salt = found.get();
    bytes = JournalFrames.HEAD_BYTES;
    Optional<Frame> frame = JournalFrames.at(content, (int) bytes, salt);
    while (frame.isPresent()) {
      long expected = number + 1;
      if (bytes > JournalFrames.HEAD_BYTES && frame.get().number() != expected) {
        return Optional.of(
            "at byte "
                + bytes
                + " step "
                + frame.get().number()
                + " comes where step "
                + expected
                + " should be");
      }
      number = frame.get().number();
      apply(frame.get().changes());
      bytes = frame.get().end();
      frame = JournalFrames.at(content, (int) bytes, salt);
    }
    return JournalFrames.next(content, (int) bytes, salt)
        .map(next -> "bytes " + bytes + " to " + next + " cannot be read, and what follows can");
  }

  private void cutTornTail() throws IOException {
    long torn = channel.size() - bytes;
    if (torn > 0) {
      LOG.log(
          INFO, "cutting {0} bytes off {1}: the last write did not come to its end", torn, file);
      channel.truncate(bytes);
      channel.force(true);
    }
    channel.position(bytes);
  }

  private void compact() throws IOException {
    long before = bytes;
    FileChannel old = channel;
    try {
      channel = replace();
    } catch (NotReplacedException e) {
      // The old file is whole and goes on: a full disk must not stop what still fits.
      compactionBytes = before + compactionBytesMin;
      LOG.log(WARNING, "{0} stays larger than it need be: {1}", file, e.getMessage());
      return;
    }
    compactionBytes = compactionBytesMin;
    old.close();
    LOG.log(INFO, "{0} shrank from {1} to {2} bytes", file, before, bytes);
  }

  /** Writes all records to a fresh file, which takes the place of the present one. */
  private FileChannel replace() throws IOException {
    long freshSalt = salts.getAsLong();
    FileChannel written = null;
    try {
      written = FileChannel.open(fresh, CREATE, TRUNCATE_EXISTING, WRITE);
      long size = snapshot(written, freshSalt);
      written.force(true);
      Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
      salt = freshSalt;
      bytes = size;
    } catch (IOException e) {
      if (written != null) {
        written.close();
      }
      throw new NotReplacedException(failure(e));
    }
    force(folder);
    return written;
  }

  /** In several frames if it is large; nobody reads the file before it is whole. */
  private long snapshot(FileChannel target, long freshSalt) throws IOException {
    byte[] head = JournalFrames.head(freshSalt);
    writeAll(target, head);
    long size = head.length;
    SortedMap<String, Optional<ByteString>> part = new TreeMap<>();
    long partBytes = 0;
    for (var record : recordsByName.entrySet()) {
      part.put(record.getKey(), Optional.of(record.getValue()));
      partBytes += record.getValue().size();
      if (partBytes > SNAPSHOT_FRAME_BYTES) {
        byte[] frame = JournalFrames.frame(freshSalt, ++number, part);
        writeAll(target, frame);
        size += frame.length;
        part.clear();
        partBytes = 0;
      }
    }
    byte[] frame = JournalFrames.frame(freshSalt, ++number, part);
    writeAll(target, frame);
    return size + frame.length;
  }

  /** The folders' own entries must be as safe as what will be in them. */
  private void createFolder() throws IOException {
    try {
      Path missing = folder;
      while (missing.getParent() != null && !Files.exists(missing)) {
        missing = missing.getParent();
      }
      Files.createDirectories(folder);
      for (Path made = folder; made != null && made.startsWith(missing); made = made.getParent()) {
        force(made);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel entries = FileChannel.open(directory, READ)) {
      entries.force(true);
    }
  }

  private static void writeAll(FileChannel target, byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      target.write(buffer);
    }
  }

  private IOException failure(IOException cause) {
    return new IOException(
        "cannot write "
            + file
            + ": "
            + cause.getMessage()
            + "; free space or repair its file system, and start the agent again: its tasks go on"
            + " running meanwhile",
        cause);
  }

  /** The present file was left as it is. */
  private static final class NotReplacedException extends IOException {
    private static final long serialVersionUID = 1;

    NotReplacedException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}

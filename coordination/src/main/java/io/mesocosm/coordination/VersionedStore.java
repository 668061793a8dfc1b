package io.mesocosm.coordination;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A durable tree of records, each with a version that guards its writes. Blocking and thread-safe.
 * When a method returns, its write is durable; when it throws {@link StoreUnavailableException}, it
 * may or may not have happened.
 *
 * <p>Paths look like {@code /folder/name}, and no name begins with {@code .part-}; a record is at
 * most 64 MiB; what is neither throws IllegalArgumentException. A folder may hold as many records
 * as fit in memory. Records carry a checksum: one that does not match is refused with {@link
 * CorruptRecordException}, never half-read. A store that an election hands to its leader throws
 * {@link FencedException} from every write once another leads.
 */
public interface VersionedStore extends AutoCloseable {
  /** How many writes a store that has transactions carries out at once, at least. */
  int TOGETHER_MAX = 1_000;

  /** Of their paths and records, how many bytes, likewise. */
  int BYTES_TOGETHER_MAX = 800_000;

  /** A record and the version that a write must name to replace it. */
  record Versioned(byte[] bytes, long version) {}

  /** One of several writes that go together. */
  sealed interface Write {
    String path();

    /** As {@link VersionedStore#put}; the bytes must not change afterwards. */
    record Put(String path, byte[] bytes) implements Write {}

    /** As {@link VersionedStore#delete}. */
    record Delete(String path) implements Write {}
  }

  Optional<Versioned> get(String path);

  /**
   * All records whose path is a direct child of {@code folder}, by full path. Empty when the folder
   * does not exist.
   */
  SortedMap<String, Versioned> children(String folder);

  /**
   * Writes a new record, making its parents.
   *
   * @throws VersionConflictException if there is one already
   */
  Versioned create(String path, byte[] bytes);

  /**
   * Replaces a record.
   *
   * @throws VersionConflictException if the record's version is another, or the record is gone
   */
  Versioned replace(String path, byte[] bytes, long expectedVersion);

  /** Writes a record whatever was there. For state that has one writer by design. */
  Versioned put(String path, byte[] bytes);

  /** Removes a record and everything below it, if it is there. */
  void delete(String path);

  /**
   * Carries out writes in their order; a later one may see what an earlier one did. Nothing is
   * written if a path or a record among them is none.
   *
   * <p>A failure leaves the first writes carried out and the others not: which, only a look can
   * tell; to carry all out again is safe for one who writes alone. A store that has transactions
   * (ZooKeeper, memory) carries out all or none of up to {@link #TOGETHER_MAX} writes of up to
   * {@link #BYTES_TOGETHER_MAX} bytes, if no more than that lies below those that it deletes. Where
   * one of several transactions meets a new leader, {@link FencedException} speaks of that one and
   * those after it.
   */
  default void writeAll(List<Write> writes) {
    writes.forEach(StoredFrame::requireWritable);
    for (Write write : writes) {
      switch (write) {
        case Write.Put(String path, byte[] bytes) -> put(path, bytes);
        case Write.Delete(String path) -> delete(path);
      }
    }
  }

  /**
   * Cheap, and asks nobody: for a leader that is about to act, and may have stood still for longer
   * than its session lives. Does nothing in a store that no election has handed out.
   *
   * @throws FencedException if it is known here that the writer leads no more
   */
  default void requireLead() {}

  @Override
  void close();

  /** Somebody else wrote in between. */
  final class VersionConflictException extends RuntimeException {
    public VersionConflictException(String path, long expected) {
      this("record " + path + " is not at version " + expected + ": read it again");
    }

    private VersionConflictException(String message) {
      super(message);
    }

    /** There is a record already where a new one was to be. */
    static VersionConflictException exists(String path) {
      return new VersionConflictException("record " + path + " exists already: read it first");
    }
  }

  /** The writer leads no more: another has been elected, and nothing was written. */
  final class FencedException extends RuntimeException {
    public FencedException(String path, String why) {
      super("record " + path + " was not written, for this process leads no more: " + why);
    }
  }

  /** The store could not be reached in time. */
  final class StoreUnavailableException extends RuntimeException {
    public StoreUnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A record is torn, truncated or foreign. */
  final class CorruptRecordException extends RuntimeException {
    public CorruptRecordException(String path, String problem) {
      super("record " + path + " is not readable: " + problem);
    }
  }
}

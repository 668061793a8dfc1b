package io.mesocosm.coordination;

import java.util.Optional;
import java.util.SortedMap;

/**
 * A durable tree of small records, each with a version that guards its writes. Blocking and
 * thread-safe. When a method returns, its write is durable; when it throws {@link
 * StoreUnavailableException}, it may or may not have happened.
 *
 * <p>Paths look like {@code /folder/name}; a record is at most 900,000 bytes; what is neither
 * throws IllegalArgumentException. Records carry a checksum: one that does not match is refused
 * with {@link CorruptRecordException}, never half-read. A store that an election hands to its
 * leader throws {@link FencedException} from every write once another leads.
 */
public interface VersionedStore extends AutoCloseable {
  /** A record and the version that a write must name to replace it. */
  record Versioned(byte[] bytes, long version) {}

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

package io.mesocosm.coordination;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A store that lasts as long as its process: for tests and the simulation. Thread-safe. */
public final class MemoryStore implements VersionedStore {
  private final SortedMap<String, Versioned> records = new TreeMap<>();

  @Override
  public synchronized Optional<Versioned> get(String path) {
    RecordPath.requireRecord(path);
    return Optional.ofNullable(records.get(path)).map(MemoryStore::copy);
  }

  @Override
  public synchronized SortedMap<String, Versioned> children(String folder) {
    RecordPath.requireFolder(folder);
    String prefix = RecordPath.child(folder, "");
    SortedMap<String, Versioned> found = new TreeMap<>();
    records.forEach((path, record) -> {
      if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
        found.put(path, copy(record));
      }
    });
    return found;
  }

  @Override
  public synchronized Versioned create(String path, byte[] bytes) {
    if (records.containsKey(path)) {
      throw VersionConflictException.exists(path);
    }
    return store(path, bytes, 0);
  }

  @Override
  public synchronized Versioned replace(String path, byte[] bytes, long expectedVersion) {
    Versioned present = records.get(path);
    if (present == null || present.version() != expectedVersion) {
      throw new VersionConflictException(path, expectedVersion);
    }
    return store(path, bytes, expectedVersion + 1);
  }

  @Override
  public synchronized Versioned put(String path, byte[] bytes) {
    Versioned present = records.get(path);
    return store(path, bytes, present == null ? 0 : present.version() + 1);
  }

  @Override
  public synchronized void delete(String path) {
    RecordPath.requireRecord(path);
    records.remove(path);
    records.keySet().removeIf(other -> other.startsWith(path + "/"));
  }

  @Override
  public synchronized void writeAll(List<Write> writes) {
    VersionedStore.super.writeAll(writes);
  }

  @Override
  public void close() {
    // nothing is held
  }

  private Versioned store(String path, byte[] bytes, long version) {
    RecordPath.requireRecord(path);
    StoredFrame.requireFits(path, bytes); // the same limit as the real one
    Versioned record = new Versioned(bytes.clone(), version);
    records.put(path, record);
    return copy(record);
  }

  private static Versioned copy(Versioned record) {
    return new Versioned(record.bytes().clone(), record.version());
  }
}

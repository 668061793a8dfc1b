package io.mesocosm.services.shell;

import io.mesocosm.coordination.VersionedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A store that forgets at the end of the test. Thread-safe. */
final class MemoryStore implements VersionedStore {
  private final SortedMap<String, Versioned> records = new TreeMap<>();
  private final List<List<Write>> batches = new ArrayList<>();
  private String deposedAt = "";
  private String refused = "";

  /** Whether it cannot be reached. */
  volatile boolean failing;

  /** Cannot be reached, for one write. */
  volatile boolean failsOnce;

  /** From now on it takes no writes at this path. */
  synchronized void refuse(String path) {
    refused = path;
  }

  /** Another leads from the first write at this path on. */
  synchronized void deposeAt(String path) {
    deposedAt = path;
  }

  /** What was written together, and was not refused as a whole. */
  synchronized List<List<Write>> batches() {
    return List.copyOf(batches);
  }

  @Override
  public synchronized void writeAll(List<Write> writes) {
    for (Write write : writes) {
      if (write.path().equals(refused)) {
        throw new IllegalArgumentException(refused + " is refused");
      }
    }
    VersionedStore.super.writeAll(writes);
    batches.add(writes);
  }

  @Override
  public synchronized Optional<Versioned> get(String path) {
    return Optional.ofNullable(records.get(path));
  }

  @Override
  public synchronized SortedMap<String, Versioned> children(String folder) {
    SortedMap<String, Versioned> children = new TreeMap<>();
    records.forEach((path, stored) -> {
      if (path.startsWith(folder + "/") && path.indexOf('/', folder.length() + 1) < 0) {
        children.put(path, stored);
      }
    });
    return children;
  }

  @Override
  public synchronized Versioned create(String path, byte[] bytes) {
    if (records.containsKey(path)) {
      throw new VersionConflictException(path, -1);
    }
    return put(path, bytes);
  }

  @Override
  public synchronized Versioned replace(String path, byte[] bytes, long expectedVersion) {
    if (get(path).filter(stored -> stored.version() == expectedVersion).isEmpty()) {
      throw new VersionConflictException(path, expectedVersion);
    }
    return put(path, bytes);
  }

  @Override
  public synchronized Versioned put(String path, byte[] bytes) {
    requireWritable(path);
    Versioned stored =
        new Versioned(bytes.clone(), get(path).map(before -> before.version() + 1).orElse(0L));
    records.put(path, stored);
    return stored;
  }

  @Override
  public synchronized void delete(String path) {
    requireWritable(path);
    records.keySet().removeIf(other -> other.equals(path) || other.startsWith(path + "/"));
  }

  @Override
  public void close() {}

  private void requireWritable(String path) {
    if (failing || failsOnce) {
      failsOnce = false;
      throw new StoreUnavailableException("no quorum", new IllegalStateException());
    }
    if (path.equals(deposedAt)) {
      throw new FencedException(path, "another was elected");
    }
  }
}

package io.mesocosm.master.shell;

import io.mesocosm.coordination.VersionedStore;
import java.util.Optional;
import java.util.SortedMap;

/** A store as it is, for tests to change in one way. */
class StoreDecorator implements VersionedStore {
  private final VersionedStore inner;

  StoreDecorator(VersionedStore inner) {
    this.inner = inner;
  }

  @Override
  public Optional<Versioned> get(String path) {
    return inner.get(path);
  }

  @Override
  public SortedMap<String, Versioned> children(String folder) {
    return inner.children(folder);
  }

  @Override
  public Versioned create(String path, byte[] bytes) {
    return inner.create(path, bytes);
  }

  @Override
  public Versioned replace(String path, byte[] bytes, long expectedVersion) {
    return inner.replace(path, bytes, expectedVersion);
  }

  @Override
  public Versioned put(String path, byte[] bytes) {
    return inner.put(path, bytes);
  }

  @Override
  public void delete(String path) {
    inner.delete(path);
  }

  @Override
  public void close() {
    inner.close();
  }
}

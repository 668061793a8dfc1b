package io.mesocosm.coordination;

class MemoryStoreTest extends VersionedStoreContract {
  private final MemoryStore store = new MemoryStore();

  @Override
  VersionedStore store() {
    return store;
  }
}

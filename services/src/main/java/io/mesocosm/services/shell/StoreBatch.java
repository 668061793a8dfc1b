package io.mesocosm.services.shell;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.VersionedStore.Write;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes to the store together, in the core's order: as much as the store carries out wholly or
 * not at all, so that all of it is known to be stored or may be called failed.
 */
final class StoreBatch {
  private final List<EncodedStore> entries = new ArrayList<>();
  private int writes;
  private long bytes;

  /** The first one always; more than the store carries out at once goes by itself. */
  boolean hasRoomFor(EncodedStore entry) {
    return entries.isEmpty()
        || (writes + entry.writes().size() <= VersionedStore.TOGETHER_MAX
            && bytes + entry.bytes() <= VersionedStore.BYTES_TOGETHER_MAX);
  }

  void add(EncodedStore entry) {
    entries.add(entry);
    writes += entry.writes().size();
    bytes += entry.bytes();
  }

  List<EncodedStore> entries() {
    return entries;
  }

  List<Write> writes() {
    return entries.stream().flatMap(entry -> entry.writes().stream()).toList();
  }
}

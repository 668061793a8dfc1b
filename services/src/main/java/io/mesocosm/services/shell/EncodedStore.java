package io.mesocosm.services.shell;

import io.mesocosm.coordination.VersionedStore.Write;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.json.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the core wants stored at once, as the store takes it.
 *
 * @param write the core's number
 * @param writes none, if there is a problem
 * @param bytes of their paths and records
 * @param problem why it cannot be stored, whatever the store says
 */
record EncodedStore(
    long write, List<Write> writes, long bytes, Optional<RuntimeException> problem) {
  EncodedStore {
    writes = List.copyOf(writes);
  }

  static EncodedStore of(ServicesEffect.Store wanted, RecordCodec codec) {
    List<Write> writes = new ArrayList<>();
    long bytes = 0;
    try {
      for (StoredRecord stored : wanted.records()) {
        byte[] record = codec.encode(stored);
        writes.add(new Write.Put(stored.path(), record));
        bytes += record.length;
      }
    } catch (RuntimeException e) {
      return new EncodedStore(wanted.write(), List.of(), 0, Optional.of(e));
    }
    for (String path : wanted.removedPaths()) {
      writes.add(new Write.Delete(path));
    }
    for (Write write : writes) {
      bytes += write.path().length();
    }
    return new EncodedStore(wanted.write(), writes, bytes, Optional.empty());
  }
}

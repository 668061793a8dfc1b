package io.mesocosm.agent.shell;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;

/** Where an agent's records are kept. Used by one thread at a time. */
interface JournalDisk extends AutoCloseable {
  /**
   * Changes records, all or none; safe on return.
   *
   * @param changes by name; absent for a record that is removed
   * @throws IOException with a message for the operator. What was to be changed may be changed or
   *     not, and nothing may be written any more
   */
  void write(SortedMap<String, Optional<ByteString>> changes) throws IOException;

  @Override
  void close();
}

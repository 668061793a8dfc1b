package io.mesocosm.coordination;

import java.nio.ByteBuffer;

/** What a record becomes in ZooKeeper, whose nodes are small. */
sealed interface NodeContent {
  /** Of one node. So large were records of all earlier versions, and they read them. */
  int BYTES_MAX = 900_000;

  /** It fits in the record's node. */
  record Whole(byte[] stored) implements NodeContent {}

  /**
   * It needs nodes below the record's.
   *
   * @param packed what they hold together
   * @param bytes how long the record is
   */
  record Split(byte[] packed, boolean deflated, int bytes) implements NodeContent {
    PartsHead head(long generation) {
      return new PartsHead(
          generation, packed.length, StoredFrame.checksum(packed), deflated, bytes);
    }
  }

  /**
   * Deflates only what does not fit otherwise: what does remains readable to earlier versions.
   *
   * @throws IllegalArgumentException if the record is too large for any store
   */
  static NodeContent of(String path, byte[] bytes) {
    if (bytes.length <= BYTES_MAX) {
      return new Whole(StoredFrame.wrap(path, bytes));
    }
    StoredFrame.requireFits(path, bytes);
    byte[] packed = Deflation.deflate(bytes);
    if (packed.length + Integer.BYTES <= BYTES_MAX) {
      return new Whole(
          StoredFrame.frame(
              StoredFrame.DEFLATED,
              ByteBuffer.allocate(Integer.BYTES + packed.length)
                  .putInt(bytes.length)
                  .put(packed)
                  .array()));
    }
    return packed.length < bytes.length
        ? new Split(packed, true, bytes.length)
        : new Split(bytes, false, bytes.length);
  }
}

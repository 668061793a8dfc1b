package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * How a record lies in the store: a mark that it is ours, a format number, a checksum, the bytes.
 */
final class StoredFrame {
  static final int BYTES_MAX = 900_000;

  private static final int MAGIC = 0x4d45534f; // "MESO"
  private static final byte FORMAT = 1;
  private static final int HEAD_BYTES = 4 + 1 + 4;

  private StoredFrame() {}

  /**
   * @throws IllegalArgumentException naming the record, its size and the limit
   */
  static void requireFits(String path, byte[] bytes) {
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "record "
              + path
              + " has "
              + bytes.length
              + " bytes: at most "
              + BYTES_MAX
              + " are allowed");
    }
  }

  static byte[] wrap(String path, byte[] bytes) {
    requireFits(path, bytes);
    return ByteBuffer.allocate(HEAD_BYTES + bytes.length)
        .putInt(MAGIC)
        .put(FORMAT)
        .putInt(checksum(bytes))
        .put(bytes)
        .array();
  }

  static byte[] unwrap(String path, byte[] stored) {
    if (stored.length < HEAD_BYTES) {
      throw new CorruptRecordException(path, stored.length + " bytes are too few to be one");
    }
    ByteBuffer buffer = ByteBuffer.wrap(stored);
    if (buffer.getInt() != MAGIC) {
      throw new CorruptRecordException(path, "it was not written by Mesocosm");
    }
    byte format = buffer.get();
    if (format != FORMAT) {
      throw new CorruptRecordException(
          path, "its format is " + format + ", and this version reads " + FORMAT);
    }
    int checksum = buffer.getInt();
    byte[] bytes = Arrays.copyOfRange(stored, HEAD_BYTES, stored.length);
    if (checksum != checksum(bytes)) {
      throw new CorruptRecordException(path, "its checksum does not match");
    }
    return bytes;
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}

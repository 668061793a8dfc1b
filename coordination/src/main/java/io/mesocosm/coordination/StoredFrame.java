package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import io.mesocosm.coordination.VersionedStore.Write;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * How a record lies in the store: a mark that it is ours, a format number, a checksum, the bytes.
 * The checksum covers the bytes and, but for the first format, the number.
 */
final class StoredFrame {
  static final int RECORD_BYTES_MAX = 64 << 20;
  static final int HEAD_BYTES = 4 + 1 + 4;

  /** The bytes are the record. */
  static final byte PLAIN = 1;

  /** They are how long the record is, and the record, deflated. */
  static final byte DEFLATED = 2;

  /** They tell of the nodes that hold the record ({@link PartsHead}). */
  static final byte HEAD_OF_PARTS = 3;

  private static final int MAGIC = 0x4d45534f; // "MESO"

  private StoredFrame() {}

  /**
   * @throws IllegalArgumentException naming the record, its size and the limit
   */
  static void requireFits(String path, byte[] bytes) {
    if (bytes.length > RECORD_BYTES_MAX) {
      throw new IllegalArgumentException(
          "record "
              + path
              + " has "
              + bytes.length
              + " bytes: at most "
              + RECORD_BYTES_MAX
              + " are allowed, keep less in one");
    }
  }

  /**
   * @throws IllegalArgumentException if the path or the record of a write is none
   */
  static void requireWritable(Write write) {
    RecordPath.requireRecord(write.path());
    if (write instanceof Write.Put put) {
      requireFits(put.path(), put.bytes());
    }
  }

  static byte[] wrap(String path, byte[] bytes) {
    requireFits(path, bytes);
    return frame(PLAIN, bytes);
  }

  static byte[] frame(byte format, byte[] content) {
    return ByteBuffer.allocate(HEAD_BYTES + content.length)
        .putInt(MAGIC)
        .put(format)
        .putInt(checksum(format, content))
        .put(content)
        .array();
  }

  static boolean isHeadOfParts(byte[] stored) {
    return stored.length >= HEAD_BYTES && stored[4] == HEAD_OF_PARTS;
  }

  /** The record. */
  static byte[] unwrap(String path, byte[] stored) {
    byte[] content = content(path, stored);
    return switch (stored[4]) {
      case PLAIN -> content;
      case DEFLATED -> inflated(path, content);
      default ->
          throw new CorruptRecordException(
              path,
              "its format is " + stored[4] + ", and this version reads " + PLAIN + ", " + DEFLATED);
    };
  }

  /** What is framed, whatever its format. */
  static byte[] content(String path, byte[] stored) {
    if (stored.length < HEAD_BYTES) {
      throw new CorruptRecordException(path, stored.length + " bytes are too few to be one");
    }
    ByteBuffer buffer = ByteBuffer.wrap(stored);
    if (buffer.getInt() != MAGIC) {
      throw new CorruptRecordException(path, "it was not written by Mesocosm");
    }
    byte format = buffer.get();
    if (format < PLAIN || format > HEAD_OF_PARTS) {
      throw new CorruptRecordException(
          path,
          "its format is " + format + ", and this version reads " + PLAIN + " to " + HEAD_OF_PARTS);
    }
    int checksum = buffer.getInt();
    byte[] content = Arrays.copyOfRange(stored, HEAD_BYTES, stored.length);
    if (checksum != checksum(format, content)) {
      throw new CorruptRecordException(path, "its checksum does not match");
    }
    return content;
  }

  static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static int checksum(byte format, byte[] content) {
    CRC32C crc = new CRC32C();
    if (format != PLAIN) {
      crc.update(format);
    }
    crc.update(content);
    return (int) crc.getValue();
  }

  private static byte[] inflated(String path, byte[] content) {
    if (content.length < Integer.BYTES) {
      throw new CorruptRecordException(path, "it does not tell how long it is");
    }
    return Deflation.inflate(
        path,
        Arrays.copyOfRange(content, Integer.BYTES, content.length),
        ByteBuffer.wrap(content).getInt());
  }
}

package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the node of a record holds whose bytes are in nodes below it. A record that is written anew
 * gets new parts, under a new generation, and the head changes over to them in one instant.
 *
 * @param generation tells the parts of this record from those of one before or one half written
 * @param packedBytes how many bytes the parts hold together
 * @param checksum of what the parts hold together
 * @param deflated whether that is the record, deflated
 * @param bytes how long the record is
 */
record PartsHead(long generation, int packedBytes, int checksum, boolean deflated, int bytes) {
  private static final int CONTENT_BYTES =
      Long.BYTES + Integer.BYTES + Integer.BYTES + 1 + Integer.BYTES;

  static PartsHead parse(String path, byte[] stored) {
    byte[] content = StoredFrame.content(path, stored);
    if (content.length != CONTENT_BYTES) {
      throw new CorruptRecordException(
          path, content.length + " bytes cannot tell where its parts are");
    }
    ByteBuffer buffer = ByteBuffer.wrap(content);
    PartsHead head =
        new PartsHead(
            buffer.getLong(), buffer.getInt(), buffer.getInt(), buffer.get() != 0, buffer.getInt());
    if (head.packedBytes < 1 || head.packedBytes > StoredFrame.RECORD_BYTES_MAX) {
      throw new CorruptRecordException(path, "it cannot be " + head.packedBytes + " bytes long");
    }
    return head;
  }

  byte[] stored() {
    return StoredFrame.frame(
        StoredFrame.HEAD_OF_PARTS,
        ByteBuffer.allocate(CONTENT_BYTES)
            .putLong(generation)
            .putInt(packedBytes)
            .putInt(checksum)
            .put((byte) (deflated ? 1 : 0))
            .putInt(bytes)
            .array());
  }

  int parts() {
    return Math.ceilDiv(packedBytes, NodeContent.BYTES_MAX);
  }

  List<String> partNames() {
    return IntStream.range(0, parts()).mapToObj(this::partName).toList();
  }

  String partName(int index) {
    return RecordPath.PART + HexFormat.of().toHexDigits(generation) + "-" + index;
  }

  byte[] part(byte[] packed, int index) {
    int from = index * NodeContent.BYTES_MAX;
    return Arrays.copyOfRange(packed, from, Math.min(packed.length, from + NodeContent.BYTES_MAX));
  }

  /** The record, of the content of all parts in their order. */
  byte[] record(String path, List<byte[]> parts) {
    ByteBuffer joined = ByteBuffer.allocate(packedBytes);
    for (byte[] part : parts) {
      if (part.length > joined.remaining()) {
        throw new CorruptRecordException(path, "its parts are too long");
      }
      joined.put(part);
    }
    byte[] packed = joined.array();
    if (joined.hasRemaining() || StoredFrame.checksum(packed) != checksum) {
      throw new CorruptRecordException(path, "the checksum of its parts does not match");
    }
    return deflated ? Deflation.inflate(path, packed, bytes) : packed;
  }
}

package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Makes large records smaller, and large again. */
final class Deflation {
  private Deflation() {}

  static byte[] deflate(byte[] bytes) {
    try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] packed = new byte[bytes.length / 4 + 1_024];
      int length = 0;
      while (!deflater.finished()) {
        if (length == packed.length) {
          packed = Arrays.copyOf(packed, 2 * packed.length);
        }
        length += deflater.deflate(packed, length, packed.length - length);
      }
      return Arrays.copyOf(packed, length);
    }
  }

  /**
   * @param length of what comes out
   */
  static byte[] inflate(String path, byte[] packed, int length) {
    if (length < 0 || length > StoredFrame.RECORD_BYTES_MAX) {
      throw new CorruptRecordException(path, "it cannot be " + length + " bytes long");
    }
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(packed);
      byte[] bytes = new byte[length];
      int done = 0;
      while (done < length) {
        int more = inflater.inflate(bytes, done, length - done);
        if (more == 0) {
          throw new CorruptRecordException(
              path, "it ends after " + done + " of " + length + " bytes");
        }
        done += more;
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new CorruptRecordException(path, "it cannot be inflated: " + e.getMessage());
    }
  }
}

package io.mesocosm.protocol;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads records off a stream. Blocking; one reader at a time. */
public final class RecordIoReader implements AutoCloseable {
  private static final int LENGTH_DIGITS_MAX = 20;

  private final InputStream in;
  private final int recordBytesMax;

  /**
   * @param recordBytesMax a longer record is refused before any of it is read
   */
  public RecordIoReader(InputStream in, int recordBytesMax) {
    this.in = new BufferedInputStream(in);
    this.recordBytesMax = recordBytesMax;
  }

  /**
   * The next record, or nothing if the stream ended between two records.
   *
   * @throws IOException if the stream breaks, ends inside a record, or is no RecordIO
   */
  public Optional<byte[]> next() throws IOException {
    long length = 0;
    int digits = 0;
    while (true) {
      int c = in.read();
      if (c < 0 && digits == 0) {
        return Optional.empty();
      }
      if (c < 0) {
        throw new EOFException("the stream ends inside the length of a record");
      }
      if (c == '\n' && digits > 0) {
        break;
      }
      if (c < '0' || c > '9' || ++digits > LENGTH_DIGITS_MAX) {
        throw new IOException(
            "not RecordIO: the length of a record must be decimal digits and a line feed");
      }
      length = Math.min(Long.MAX_VALUE / 20, length * 10 + (c - '0'));
    }
    if (length == 0 || length > recordBytesMax) {
      throw new IOException(
          "a record of "
              + length
              + " bytes is out of range: 1 to "
              + recordBytesMax
              + " are allowed");
    }
    byte[] record = in.readNBytes((int) length);
    if (record.length < length) {
      throw new EOFException(
          "the stream ends " + (length - record.length) + " bytes before the end of a record");
    }
    return Optional.of(record);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

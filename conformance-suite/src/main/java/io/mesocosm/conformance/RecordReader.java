package io.mesocosm.conformance;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads records, each a decimal length, a line feed, and that many bytes. One thread uses it. */
public final class RecordReader {
  private static final int LENGTH_DIGITS_MAX = 10;

  private final InputStream in;

  /** Reads from a stream that is no longer chunked. */
  public RecordReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /**
   * The next record; empty at the end of the stream. Bytes that are no record are a {@link
   * Mismatch}.
   */
  public Optional<byte[]> next() throws IOException {
    StringBuilder digits = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 && digits.isEmpty()) {
        return Optional.empty();
      }
      if (next < '0' || next > '9' || digits.length() == LENGTH_DIGITS_MAX) {
        throw new Mismatch(
            "a record's decimal length and a line feed", digits + " then byte " + next);
      }
      digits.append((char) next);
    }
    int length = Integer.parseInt(digits.toString());
    Expect.that(length > 0, "a record length above 0", digits);
    byte[] bytes = in.readNBytes(length);
    Expect.that(
        bytes.length == length,
        "a record of " + length + " bytes",
        bytes.length + " bytes before the end");
    return Optional.of(bytes);
  }
}

package io.mesocosm.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes RecordIO apart: a decimal length, a line feed, so many bytes. */
final class RecordParser {
  /** What is done with a record; its bytes are valid during the call only. */
  interface Records {
    void record(ByteBuffer bytes) throws IOException;
  }

  private static final byte[] NONE = new byte[0];

  private final Records records;
  private byte[] partial = NONE;
  private int length = -1;
  private int have;
  private int digits;

  RecordParser(Records records) {
    this.records = records;
  }

  /** Takes all that is there. */
  void feed(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (length < 0) {
        length(bytes);
      } else if (have == 0 && bytes.remaining() >= length) {
        ByteBuffer whole = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        length = -1;
        records.record(whole);
      } else {
        if (have == 0) {
          partial = new byte[length];
        }
        int part = Math.min(length - have, bytes.remaining());
        bytes.get(partial, have, part);
        have += part;
        if (have == length) {
          ByteBuffer whole = ByteBuffer.wrap(partial);
          partial = NONE;
          have = 0;
          length = -1;
          records.record(whole);
        }
      }
    }
  }

  private void length(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        length = digits;
        digits = 0;
        return;
      }
      if (next < '0' || next > '9') {
        throw new IOException("no RecordIO: byte " + next + " in a length");
      }
      digits = digits * 10 + (next - '0');
    }
  }
}

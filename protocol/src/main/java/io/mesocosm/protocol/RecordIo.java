package io.mesocosm.protocol;

import java.nio.charset.StandardCharsets;

/** The framing of streams: the length of a record in decimal, a line feed, the record (T5). */
public final class RecordIo {
  private RecordIo() {}

  /**
   * A record with its length before it. An empty record has no frame: the format has no length 0.
   */
  public static byte[] frame(byte[] payload) {
    if (payload.length == 0) {
      throw new IllegalArgumentException("a record must not be empty");
    }
    byte[] head = (payload.length + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] framed = new byte[head.length + payload.length];
    System.arraycopy(head, 0, framed, 0, head.length);
    System.arraycopy(payload, 0, framed, head.length, payload.length);
    return framed;
  }
}

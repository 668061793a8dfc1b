package io.mesocosm.agent.shell;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * How the journal of an agent's records lies in its file, in big-endian numbers.
 *
 * <pre>
 *   head:   "MESOJRNL", format (4 bytes), salt (8), checksum of these (4)
 *   frame:  mark (4), length of the content (4), checksum of salt, length and content (4), content
 *   content: number (8), changes (4), and of each: length and bytes of the name,
 *            length and bytes of the record, or -1 if the record is removed
 * </pre>
 *
 * <p>A frame is written and made safe before the next one is begun, so only the last one can be
 * torn by a crash. The salt, another one in each file, keeps bytes that somebody stored in a record
 * from being taken for a frame.
 */
final class JournalFrames {
  static final int HEAD_BYTES = 8 + 4 + 8 + 4;

  private static final long MAGIC = 0x4d45534f4a524e4cL; // "MESOJRNL"
  private static final int FORMAT = 1;
  private static final int MARK = 0x46524d31; // "FRM1"
  private static final int FRAME_HEAD_BYTES = 12;
  private static final int CONTENT_BYTES_MIN = 12;
  private static final int REMOVED = -1;

  private JournalFrames() {}

  /**
   * One step of the journal.
   *
   * @param number one more than the frame's before
   * @param changes by name; absent for a record that is removed
   * @param end where the next frame begins
   */
  record Frame(long number, SortedMap<String, Optional<ByteString>> changes, int end) {}

  static byte[] head(long salt) {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).putLong(MAGIC).putInt(FORMAT).putLong(salt);
    CRC32C checksum = new CRC32C();
    checksum.update(head.array(), 0, HEAD_BYTES - 4);
    return head.putInt((int) checksum.getValue()).array();
  }

  /**
   * The salt of a file.
   *
   * @return absent, if this is no whole head
   * @throws IllegalStateException if it is one of another version
   */
  static Optional<Long> salt(byte[] file) {
    if (file.length < HEAD_BYTES) {
      return Optional.empty();
    }
    ByteBuffer head = ByteBuffer.wrap(file);
    CRC32C checksum = new CRC32C();
    checksum.update(file, 0, HEAD_BYTES - 4);
    if (head.getLong() != MAGIC || head.getInt(HEAD_BYTES - 4) != (int) checksum.getValue()) {
      return Optional.empty();
    }
    int format = head.getInt();
    if (format != FORMAT) {
      throw new IllegalStateException(
          "its format is " + format + ", and this version reads " + FORMAT);
    }
    return Optional.of(head.getLong());
  }

  static byte[] frame(long salt, long number, SortedMap<String, Optional<ByteString>> changes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream content = new DataOutputStream(bytes)) {
      content.writeLong(number);
      content.writeInt(changes.size());
      for (var change : changes.entrySet()) {
        byte[] name = change.getKey().getBytes(StandardCharsets.UTF_8);
        content.writeInt(name.length);
        content.write(name);
        Optional<ByteString> record = change.getValue();
        content.writeInt(record.map(ByteString::size).orElse(REMOVED));
        if (record.isPresent()) {
          record.get().writeTo(content);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    byte[] content = bytes.toByteArray();
    return ByteBuffer.allocate(FRAME_HEAD_BYTES + content.length)
        .putInt(MARK)
        .putInt(content.length)
        .putInt(checksum(salt, content, 0, content.length))
        .put(content)
        .array();
  }

  /** The whole and sound frame at a place, if there is one. */
  static Optional<Frame> at(byte[] file, int offset, long salt) {
    if (file.length - offset < FRAME_HEAD_BYTES + CONTENT_BYTES_MIN) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(file).position(offset);
    int mark = buffer.getInt();
    int length = buffer.getInt();
    int checksum = buffer.getInt();
    if (mark != MARK
        || length < CONTENT_BYTES_MIN
        || length > buffer.remaining()
        || checksum != checksum(salt, file, buffer.position(), length)) {
      return Optional.empty();
    }
    try {
      return Optional.of(content(buffer.limit(buffer.position() + length)));
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      // Sound by its checksum and yet none of ours.
      return Optional.empty();
    }
  }

  /** The first place from {@code offset} on where a whole and sound frame begins. */
  static Optional<Integer> next(byte[] file, int offset, long salt) {
    for (int at = offset; at <= file.length - FRAME_HEAD_BYTES; at++) {
      if (at(file, at, salt).isPresent()) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static Frame content(ByteBuffer buffer) {
    long number = buffer.getLong();
    int count = buffer.getInt();
    SortedMap<String, Optional<ByteString>> changes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = ByteString.copyFrom(buffer, buffer.getInt()).toStringUtf8();
      int length = buffer.getInt();
      changes.put(
          name,
          length == REMOVED ? Optional.empty() : Optional.of(ByteString.copyFrom(buffer, length)));
    }
    return new Frame(number, Collections.unmodifiableSortedMap(changes), buffer.position());
  }

  private static int checksum(long salt, byte[] bytes, int offset, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(12).putLong(salt).putInt(length).flip());
    checksum.update(bytes, offset, length);
    return (int) checksum.getValue();
  }
}

package io.mesocosm.containerizer.docker;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/**
 * How much of a container's output has been written to its sandbox, in a small file that is mapped
 * into memory: noting it costs next to nothing, and it outlives a {@code kill -9} of the agent. Not
 * forced to the disk, as containers do not outlive the machine's run. Used by one thread at a time.
 *
 * <p>A write is announced, and then confirmed. Of one that was only announced the file's size tells
 * whether it was done, unless somebody else wrote to the file in the same moment.
 */
final class OutputPosition {
  private static final int BYTES = 48;
  private static final int STDERR_AT = 8;
  private static final int WHEN_AT = 16;
  private static final int ANNOUNCED_AT = 24;
  private static final int POSITION_AFTER_AT = 32;
  private static final int SIZE_AFTER_AT = 40;

  private static final long NOTHING = 0;
  private static final long TO_STDOUT = 1;
  private static final long TO_STDERR = 2;

  private final MappedByteBuffer buffer;

  private OutputPosition(MappedByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** From the file, or the beginning if there is none yet. */
  static OutputPosition open(Path file) throws IOException {
    Files.createDirectories(
        file.getParent(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new OutputPosition(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
    }
  }

  long stdoutBytes() {
    return buffer.getLong(0);
  }

  long stderrBytes() {
    return buffer.getLong(STDERR_AT);
  }

  /** When output came last; the epoch if none ever did. */
  Instant last() {
    return Instant.ofEpochSecond(buffer.getLong(WHEN_AT));
  }

  /** So many bytes are about to be appended to a file of this size. */
  void announce(boolean stderr, int bytes, long fileSize, Instant now) {
    buffer.putLong(POSITION_AFTER_AT, (stderr ? stderrBytes() : stdoutBytes()) + bytes);
    buffer.putLong(SIZE_AFTER_AT, fileSize + bytes);
    buffer.putLong(WHEN_AT, now.getEpochSecond());
    // whoever sees the announcement must see what it is of
    VarHandle.releaseFence();
    buffer.putLong(ANNOUNCED_AT, stderr ? TO_STDERR : TO_STDOUT);
    VarHandle.releaseFence();
  }

  /** What was announced is done, or never will be. */
  void confirm() {
    VarHandle.releaseFence();
    long announced = buffer.getLong(ANNOUNCED_AT);
    if (announced != NOTHING) {
      buffer.putLong(announced == TO_STDERR ? STDERR_AT : 0, buffer.getLong(POSITION_AFTER_AT));
      VarHandle.releaseFence();
      buffer.putLong(ANNOUNCED_AT, NOTHING);
    }
  }

  /** Decides about what an earlier run only announced, by the sizes that the files have now. */
  void settle(long stdoutSize, long stderrSize) {
    long announced = buffer.getLong(ANNOUNCED_AT);
    if ((announced == TO_STDERR ? stderrSize : stdoutSize) >= buffer.getLong(SIZE_AFTER_AT)) {
      confirm();
    }
    buffer.putLong(ANNOUNCED_AT, NOTHING);
  }
}

package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says beforehand what the kernel would refuse to execute, so that a launch fails with the reason
 * rather than a command with code 127.
 */
final class Executables {
  private static final int HEAD_BYTES = 4096;
  private static final int INTERPRETER_SEGMENT = 3;

  private Executables() {}

  /** Fails unless what an executable needs to be started is there as well. */
  static void requireInterpreter(Path executable, Path folder) throws ContainerException {
    byte[] head = head(executable);
    String interpreter = interpreter(head);
    if (!interpreter.isEmpty() && !Files.exists(folder.resolve(interpreter))) {
      throw new ContainerException(
          "cannot execute %s: its interpreter or loader does not exist, see its #! line: %s"
              .formatted(executable, interpreter));
    }
  }

  private static byte[] head(Path executable) throws ContainerException {
    try (RandomAccessFile file = new RandomAccessFile(executable.toFile(), "r")) {
      byte[] head = new byte[(int) Math.min(HEAD_BYTES, file.length())];
      file.readFully(head);
      return head;
    } catch (IOException notReadable) {
      // one may execute what one may not read
      return Files.exists(executable) ? new byte[0] : gone(executable);
    }
  }

  private static byte[] gone(Path executable) throws ContainerException {
    throw new ContainerException("executable %s does not exist".formatted(executable));
  }

  /** Empty if it needs none, as far as can be told. */
  private static String interpreter(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("#!")) {
      String line = text.substring(2).lines().findFirst().orElse("").strip();
      return line.isEmpty() ? "" : line.split("[ \t]", 2)[0];
    }
    if (text.startsWith("\u007fELF\u0002\u0001") && head.length >= 64) {
      return loader(ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN), text);
    }
    return "";
  }

  /** Of a program of 64 bits: the path in its segment for that. */
  private static String loader(ByteBuffer head, String text) {
    long table = head.getLong(32);
    int size = Short.toUnsignedInt(head.getShort(54));
    int count = Short.toUnsignedInt(head.getShort(56));
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * size;
      if (at < 0 || at + 40 > text.length()) {
        return "";
      }
      if (head.getInt((int) at) == INTERPRETER_SEGMENT) {
        long from = head.getLong((int) at + 8);
        long until = from + head.getLong((int) at + 32) - 1;
        return from >= 0 && until >= from && until <= text.length()
            ? text.substring((int) from, (int) until)
            : "";
      }
    }
    return "";
  }
}

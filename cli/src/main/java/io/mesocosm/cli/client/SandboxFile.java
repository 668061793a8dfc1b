package io.mesocosm.cli.client;

import java.io.PrintWriter;
import java.util.concurrent.locks.LockSupport;

/**
 * A growing file in a task's sandbox, read piece by piece over the agent's {@code /files/read}. One
 * reader.
 */
final class SandboxFile {
  private static final int PIECE_BYTES = 65_536;
  private static final int CHARACTER_BYTES_MAX = 4;

  private final Api agent;
  private final String path;
  private long offset;

  SandboxFile(Api agent, String frameworkId, String executorId, String name) {
    this.agent = agent;
    this.path = "/frameworks/" + frameworkId + "/executors/" + executorId + "/runs/latest/" + name;
  }

  /** Prints what has been added since the last call; returns how many bytes that was. */
  long copyTo(PrintWriter out) {
    Api.Answer size = agent.exchange("GET", "/files/read?path=" + Api.query(path), "");
    if (size.status() == 404) {
      return 0; // not there yet
    }
    long end = agent.succeed(size, path).path("offset").asLong();
    long begin = offset;
    while (offset < end) {
      offset += printPiece(out, Math.min(PIECE_BYTES, end - offset));
    }
    out.flush();
    return offset - begin;
  }

  /**
   * The endpoint gives text for bytes, so their number is known only from what was asked for; a
   * piece that ends inside a character is asked for again without that character's beginning.
   */
  private long printPiece(PrintWriter out, long length) {
    String text = read(length);
    long taken = length;
    while (text.endsWith("\ufffd") && length - taken < CHARACTER_BYTES_MAX - 1 && taken > 1) {
      taken--;
      String shorter = read(taken);
      if (!shorter.endsWith("\ufffd")) {
        text = shorter;
        break;
      }
    }
    out.print(text);
    return text.endsWith("\ufffd") ? length : taken;
  }

  private String read(long length) {
    String query =
        "/files/read?path=" + Api.query(path) + "&offset=" + offset + "&length=" + length;
    return agent.get(query).path("data").asText();
  }

  /** Between two looks at a file that did not grow. */
  static void pause() {
    LockSupport.parkNanos(100_000_000);
  }
}

package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.locks.LockSupport;

/** A growing file in a task's sandbox, read piece by piece over the agent's {@code /files/read}. One reader. */
final class SandboxFile {
  private static final int PIECE_BYTES = 65_536;

  private final Api agent;
  private final String path;
  private long offset;

  SandboxFile(Api agent, String frameworkId, String executorId, String name) {
    this.agent = agent;
    this.path = "/frameworks/" + frameworkId + "/executors/" + executorId + "/runs/latest/" + name;
  }

  /** Prints what has been added since the last call; returns how many bytes that was. */
  long copyTo(PrintWriter out) {
    long copied = 0;
    while (true) {
      Api.Answer answer =
          agent.exchange("GET", "/files/read?path=" + Api.query(path) + "&offset=" + offset + "&length=" + PIECE_BYTES, "");
      if (answer.status() == 404) {
        return copied; // not there yet
      }
      JsonNode piece = agent.succeed(answer, path);
      String text = piece.path("data").asText();
      if (text.isEmpty()) {
        out.flush();
        return copied;
      }
      out.print(text);
      int bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
      offset += bytes;
      copied += bytes;
    }
  }

  /** Between two looks at a file that did not grow. */
  static void pause() {
    LockSupport.parkNanos(100_000_000);
  }
}

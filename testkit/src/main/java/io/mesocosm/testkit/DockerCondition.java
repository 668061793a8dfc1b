package io.mesocosm.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

final class DockerCondition implements ExecutionCondition {
  private static final Path SOCKET = Path.of("/var/run/docker.sock");
  private static final int ANSWER_MILLIS_MAX = 5000;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Requirement.evaluate(
        isAnswering(SOCKET),
        "a Docker daemon on " + SOCKET,
        "apt-get install docker.io, then dockerd & (./verify does both when root)");
  }

  /** A daemon that takes connections and never answers is as good as none. */
  static boolean isAnswering(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Selector selector = Selector.open()) {
      channel.write(
          ByteBuffer.wrap("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n".getBytes(US_ASCII)));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      if (selector.select(ANSWER_MILLIS_MAX) == 0) {
        return false;
      }
      ByteBuffer head = ByteBuffer.allocate(256);
      channel.read(head);
      return new String(head.array(), 0, head.position(), US_ASCII)
          .matches("(?s)HTTP/1\\.[01] 200 .*");
    } catch (IOException _) {
      return false;
    }
  }
}

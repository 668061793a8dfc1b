package io.mesocosm.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequirementTest {
  @Test
  void aTestRunsWhereItsComponentIsThere() {
    assertThat(Requirement.evaluate(true, "runc", "apt-get install runc", true).isDisabled())
        .isFalse();
  }

  @Test
  void aMissingComponentSkipsTheTestByName() {
    ConditionEvaluationResult result =
        Requirement.evaluate(false, "runc", "apt-get install runc", false);
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).hasValue("runc is missing: apt-get install runc");
  }

  @Test
  void aMissingComponentFailsTheTestWhereNothingMayBeSkipped() {
    assertThatThrownBy(() -> Requirement.evaluate(false, "runc", "apt-get install runc", true))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("runc is missing: apt-get install runc");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.0 200 OK, true",
    "HTTP/1.1 200 OK, true",
    "HTTP/1.0 500 No, false",
    "'', false"
  })
  void aDaemonIsThereWhenItAnswers(String answer, boolean there, @TempDir Path folder)
      throws Exception {
    Path socket = folder.resolve("docker.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread daemon = Thread.ofVirtual().start(() -> answer(server, answer));
      assertThat(DockerCondition.isAnswering(socket)).isEqualTo(there);
      assertThat(daemon.join(Duration.ofMinutes(1))).isTrue();
    }
  }

  @Test
  void withoutASocketThereIsNoDaemon(@TempDir Path folder) {
    assertThat(DockerCondition.isAnswering(folder.resolve("none"))).isFalse();
  }

  private static void answer(ServerSocketChannel server, String answer) {
    try (SocketChannel connection = server.accept()) {
      connection.read(ByteBuffer.allocate(1000));
      connection.write(ByteBuffer.wrap((answer + "\r\n\r\n").getBytes(US_ASCII)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

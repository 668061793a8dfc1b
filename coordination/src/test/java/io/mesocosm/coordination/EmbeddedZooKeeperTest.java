package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedZooKeeperTest {
  @TempDir Path folder;

  @Test
  void aTakenPortIsOneClearFailureAndLeavesNothingBehind() throws Exception {
    try (EmbeddedZooKeeper server = start("first", 0)) {
      int port = server.port();
      assertThatThrownBy(() -> start("second", port))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + port + " of 127.0.0.1");
    }
    start("second", 0).close();
  }

  @Test
  void aFolderThatIsInUseIsOneClearFailure() throws Exception {
    try (EmbeddedZooKeeper _ = start("data", 0)) {
      assertThatThrownBy(() -> start("data", 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another ZooKeeper uses the data folder")
          .hasMessageContaining(folder.resolve("data").toString());
    }
    start("data", 0).close();
  }

  @Test
  void aFolderThatIsAFileIsOneClearFailure() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> start("file", 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write its data folder");
  }

  @Test
  void aHostThatIsNoneIsOneClearFailure() {
    assertThatThrownBy(() -> EmbeddedZooKeeper.start(folder, "no.such.host.invalid", 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no.such.host.invalid");
  }

  @Test
  void clientsAreToldAnAddressThatTheyCanReach() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder, "0.0.0.0", 0)) {
      assertThat(server.connectString()).isEqualTo("127.0.0.1:" + server.port());
    }
  }

  @Test
  void itTellsHowItIsAndNoMore() throws Exception {
    try (EmbeddedZooKeeper server = start("data", 0)) {
      assertThat(ask(server, "ruok")).isEqualTo("imok");
      assertThat(ask(server, "envi")).contains("not in the whitelist");
    }
  }

  private EmbeddedZooKeeper start(String name, int port) throws Exception {
    return EmbeddedZooKeeper.start(folder.resolve(name), "127.0.0.1", port);
  }

  private static String ask(EmbeddedZooKeeper server, String word) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(word.getBytes(US_ASCII));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}

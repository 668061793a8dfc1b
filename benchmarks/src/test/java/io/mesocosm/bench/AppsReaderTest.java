package io.mesocosm.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppsReaderTest {
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void everyByteOfAWholeAnswerCounts() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"apps\":[]}\r\n0\r\n\r\n";
    answerOnce(answer);

    assertThat(AppsReader.read(address()).bytes()).isEqualTo(answer.length());
  }

  @Test
  void anAnswerThatEndsTooSoonIsNotCounted() {
    answerOnce("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"apps\":[");

    assertThatThrownBy(() -> AppsReader.read(address())).hasMessageContaining("cut off");
  }

  @Test
  void aRefusalIsNoAnswer() {
    answerOnce("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");

    assertThatThrownBy(() -> AppsReader.read(address())).hasMessageContaining("503");
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void answerOnce(String text) {
    Thread.ofVirtual()
        .start(() -> {
          try (Socket client = server.accept()) {
            while (client.getInputStream().available() == 0) {
              Thread.onSpinWait();
            }
            client.getInputStream().readNBytes(client.getInputStream().available());
            client.getOutputStream().write(text.getBytes(US_ASCII));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}

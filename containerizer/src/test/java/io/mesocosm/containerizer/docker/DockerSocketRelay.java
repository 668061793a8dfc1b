package io.mesocosm.containerizer.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A second socket of the Docker daemon, which can go away as if the daemon had died. */
final class DockerSocketRelay implements AutoCloseable {
  private final Path socket;
  private final ServerSocketChannel server;

  // the accepting thread adds, the test's thread closes
  private final Queue<SocketChannel> connections = new ConcurrentLinkedQueue<>();

  DockerSocketRelay(Path socket) throws IOException {
    this.socket = socket;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        connections.add(client);
        SocketChannel docker =
            SocketChannel.open(UnixDomainSocketAddress.of("/var/run/docker.sock"));
        connections.add(docker);
        Thread.ofVirtual().start(() -> copy(client, docker));
        Thread.ofVirtual().start(() -> copy(docker, client));
      }
    } catch (IOException closed) {
      connections.forEach(DockerSocketRelay::close);
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    try (OutputStream out = Channels.newOutputStream(to)) {
      Channels.newInputStream(from).transferTo(out);
    } catch (IOException closed) {
      close(from);
    }
  }

  private static void close(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    goAway();
  }

  void goAway() throws IOException {
    server.close();
    connections.forEach(DockerSocketRelay::close);
    Files.deleteIfExists(socket);
  }
}

package io.mesocosm.coordination;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.zookeeper.server.NIOServerCnxnFactory;

/** Where a ZooKeeper server in this process listens to its clients. */
record ClientPort(NIOServerCnxnFactory connections) implements AutoCloseable {
  private static final int CONNECTIONS_PER_HOST_MAX = 1000;

  /**
   * @param port 0 for any free one
   * @throws IOException in one line, if the host is none or the port is taken
   */
  static ClientPort listen(String bindAddress, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(bindAddress, port);
    if (address.isUnresolved()) {
      throw new IOException("ZooKeeper cannot listen on " + bindAddress + ": no such host");
    }
    NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
    try {
      connections.configure(address, CONNECTIONS_PER_HOST_MAX);
      return new ClientPort(connections);
    } catch (IOException e) {
      connections.shutdown();
      throw new IOException(
          "ZooKeeper cannot listen on port " + port + " of " + bindAddress + ": " + e.getMessage(),
          e);
    }
  }

  int port() {
    return connections.getLocalPort();
  }

  /** As clients on this machine are told it, e.g. {@code 127.0.0.1:2181}. */
  String connectString() {
    InetAddress address = connections.getLocalAddress().getAddress();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
  }

  @Override
  public void close() {
    connections.shutdown();
  }
}

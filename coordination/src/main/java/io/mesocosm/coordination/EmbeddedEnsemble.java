package io.mesocosm.coordination;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeer.QuorumServer;
import org.apache.zookeeper.server.quorum.flexible.QuorumMaj;

/**
 * One member of a real ZooKeeper ensemble inside this process, on the usual wire protocols. It
 * answers clients while it and others are more than half of all. It grants session time-outs from
 * one second to a minute. Start and close on one thread.
 *
 * <p>The ports between the members are not protected: whoever reaches them can write everything.
 */
public final class EmbeddedEnsemble implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EmbeddedEnsemble.class.getName());
  private static final int FAST_LEADER_ELECTION = 3; // the only one that ZooKeeper still knows
  private static final int PORT_MAX = 65535;
  private static final Duration STOP_MAX = Duration.ofSeconds(10);

  /**
   * Where the members of an ensemble find one another.
   *
   * @param host name or address, by which the others reach the member
   * @param quorumPort where the one that leads listens to the others, e.g. 2888
   * @param electionPort where they elect it, e.g. 3888
   */
  public record ServerAddress(String host, int quorumPort, int electionPort) {
    public ServerAddress {
      if (host.isBlank()) {
        throw new IllegalArgumentException("a member of an ensemble needs a host");
      }
      requirePort(host, quorumPort);
      requirePort(host, electionPort);
      if (quorumPort == electionPort) {
        throw new IllegalArgumentException(
            "the quorum port and the election port of " + host + " are both " + quorumPort);
      }
    }

    private static void requirePort(String host, int port) {
      if (port < 1 || port > PORT_MAX) {
        throw new IllegalArgumentException(
            "port " + port + " of ensemble member " + host + " is not within 1 to " + PORT_MAX);
      }
    }
  }

  private final ServerFolder folder;
  private final ClientPort clients;
  private final QuorumPeer peer;

  private EmbeddedEnsemble(ServerFolder folder, ClientPort clients, QuorumPeer peer) {
    this.folder = folder;
    this.clients = clients;
    this.peer = peer;
  }

  /**
   * Serves what is in {@code dataFolder}, which is made when missing. Returns at once: clients are
   * answered when a majority of the peers has found together.
   *
   * @param peers all members, in the same order everywhere: the position is the member's identity
   * @param self position of this member among the peers
   * @param clientPort 0 for any free one
   * @throws IOException in one line, if a port is taken, the folder cannot be written or is in use,
   *     or what is in it cannot be read; nothing is left running then
   */
  public static EmbeddedEnsemble start(
      Path dataFolder, List<ServerAddress> peers, int self, String clientBind, int clientPort)
      throws IOException {
    if (self < 0 || self >= peers.size()) {
      throw new IllegalArgumentException(
          "member " + self + " is not among the " + peers.size() + " of the ensemble");
    }
    ServerSettings.apply();
    requireFree(peers.get(self), peers.get(self).quorumPort());
    requireFree(peers.get(self), peers.get(self).electionPort());
    ServerFolder folder = ServerFolder.open(dataFolder);
    boolean started = false;
    try {
      ClientPort clients = ClientPort.listen(clientBind, clientPort);
      try {
        QuorumPeer peer = peer(dataFolder, peers, self, clients);
        peer.start();
        folder.startPurging();
        started = true;
        return new EmbeddedEnsemble(folder, clients, peer);
      } catch (IOException | RuntimeException e) {
        throw new IOException(
            "ZooKeeper cannot serve what is in " + dataFolder + ": " + e.getMessage(), e);
      } finally {
        if (!started) {
          clients.close();
        }
      }
    } finally {
      if (!started) {
        folder.close();
      }
    }
  }

  public int port() {
    return clients.port();
  }

  /** This member, as clients on this machine are told it, e.g. {@code 127.0.0.1:2181}. */
  public String connectString() {
    return clients.connectString();
  }

  /** Whether this member serves clients: it is one of a majority that has found together. */
  public boolean isServing() {
    return switch (peer.getPeerState()) {
      case LEADING, FOLLOWING, OBSERVING -> peer.getZabState() == QuorumPeer.ZabState.BROADCAST;
      case LOOKING -> false;
    };
  }

  @Override
  public void close() {
    peer.shutdown();
    clients.close();
    try {
      if (!peer.join(STOP_MAX)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the ZooKeeper of this process did not stop within {0} ms",
            STOP_MAX.toMillis());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    folder.close();
  }

  private static QuorumPeer peer(
      Path dataFolder, List<ServerAddress> peers, int self, ClientPort clients) throws IOException {
    Map<Long, QuorumServer> servers = new TreeMap<>();
    for (int i = 0; i < peers.size(); i++) {
      ServerAddress address = peers.get(i);
      servers.put(
          identity(i),
          new QuorumServer(
              identity(i),
              new InetSocketAddress(address.host(), address.quorumPort()),
              new InetSocketAddress(address.host(), address.electionPort())));
    }
    QuorumPeer peer =
        new QuorumPeer(
            servers,
            dataFolder.toFile(),
            dataFolder.toFile(),
            FAST_LEADER_ELECTION,
            identity(self),
            ServerSettings.TICK_MILLIS,
            ServerSettings.JOIN_TICKS_MAX,
            ServerSettings.ANSWER_TICKS_MAX,
            ServerSettings.JOIN_TICKS_MAX,
            false,
            clients.connections(),
            new QuorumMaj(servers));
    peer.setMinSessionTimeout(ServerSettings.SESSION_MILLIS_MIN);
    peer.setMaxSessionTimeout(ServerSettings.SESSION_MILLIS_MAX);
    peer.initConfigInZKDatabase();
    return peer;
  }

  /** ZooKeeper counts its servers from 1. */
  private static long identity(int position) {
    return position + 1L;
  }

  /** ZooKeeper itself would end the process, seconds later, when it finds the port taken. */
  private static void requireFree(ServerAddress self, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(self.host(), port);
    if (address.isUnresolved()) {
      throw new IOException("ZooKeeper cannot listen on " + self.host() + ": no such host");
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true); // as ZooKeeper does
      probe.bind(address);
    } catch (IOException e) {
      throw new IOException(
          "ZooKeeper cannot listen on port " + port + " of " + self.host() + ": " + e.getMessage(),
          e);
    }
  }
}

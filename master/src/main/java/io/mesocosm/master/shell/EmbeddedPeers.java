package io.mesocosm.master.shell;

import io.mesocosm.coordination.EmbeddedEnsemble;
import io.mesocosm.coordination.EmbeddedZooKeeper;
import io.mesocosm.coordination.ZooKeeperAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ZooKeeper server inside a master, and its like inside the others.
 *
 * @param folder for what it keeps
 * @param peers all servers; one that is alone has no need of an ensemble
 * @param self which of them this one is, from 0
 * @param clientPort where those serve that name no port of their own
 */
public record EmbeddedPeers(Path folder, List<Peer> peers, int self, int clientPort) {
  private static final int QUORUM_PORT = 2888;
  private static final int ELECTION_PORT = 3888;

  /**
   * One server.
   *
   * @param host as others reach it, without brackets
   */
  public record Peer(String host, int quorumPort, int electionPort, OptionalInt clientPort) {
    private static final String EXPECTED =
        "host[:quorumPort:electionPort[:clientPort]],..., with ports from 1 to 65535";
    private static final Pattern TEXT =
        Pattern.compile(
            "(\\[[0-9a-fA-F:.]+\\]|[^:\\s\\[\\]]+)(?::(\\d{1,5}):(\\d{1,5})(?::(\\d{1,5}))?)?");

    /** Of a text with commas. */
    static List<Peer> list(String text) {
      List<Peer> peers = new ArrayList<>();
      for (String each : text.split(",")) {
        Matcher matcher = TEXT.matcher(each.strip());
        if (!matcher.matches()) {
          throw new IllegalArgumentException(EXPECTED);
        }
        peers.add(
            new Peer(
                matcher.group(1).replaceAll("[\\[\\]]", ""),
                port(matcher.group(2)).orElse(QUORUM_PORT),
                port(matcher.group(3)).orElse(ELECTION_PORT),
                port(matcher.group(4))));
      }
      return List.copyOf(peers);
    }

    private static OptionalInt port(@org.jspecify.annotations.Nullable String digits) {
      if (digits == null) {
        return OptionalInt.empty();
      }
      int port = Integer.parseInt(digits);
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException(EXPECTED);
      }
      return OptionalInt.of(port);
    }

    private String clientAddress(int port) {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + clientPort.orElse(port);
    }
  }

  public EmbeddedPeers {
    peers = List.copyOf(peers);
  }

  /**
   * @param given {@code --peers}; none for a server on its own
   * @param self {@code --zk_self}
   * @param bindAddress where a server on its own listens
   * @throws IllegalArgumentException in one line, if it cannot be told which peer this is
   */
  static EmbeddedPeers of(
      Path folder, List<Peer> given, Optional<String> self, int clientPort, String bindAddress) {
    if (given.isEmpty()) {
      String host = bindAddress.equals("0.0.0.0") ? "127.0.0.1" : bindAddress;
      Peer alone = new Peer(host, QUORUM_PORT, ELECTION_PORT, OptionalInt.empty());
      return new EmbeddedPeers(folder, List.of(alone), 0, clientPort);
    }
    return new EmbeddedPeers(
        folder,
        given,
        self.map(text -> named(text, given)).orElseGet(() -> own(given)),
        clientPort);
  }

  /** All of it, as clients know it. */
  ZooKeeperAddress address(String path) {
    return new ZooKeeperAddress(
        Optional.empty(),
        peers.stream().map(peer -> peer.clientAddress(clientPort)).collect(Collectors.joining(",")),
        path);
  }

  /**
   * Starts this master's server; it serves once most of its peers are there.
   *
   * @throws IllegalStateException in one line, if a port is taken or the folder is no good
   */
  AutoCloseable start() {
    Peer own = peers.get(self);
    int port = own.clientPort().orElse(clientPort);
    try {
      return peers.size() == 1
          ? EmbeddedZooKeeper.start(folder, own.host(), port)
          : EmbeddedEnsemble.start(
              folder,
              peers.stream()
                  .map(peer ->
                      new EmbeddedEnsemble.ServerAddress(
                          peer.host(), peer.quorumPort(), peer.electionPort()))
                  .toList(),
              self,
              own.host(),
              port);
    } catch (IOException e) {
      throw new IllegalStateException("--zk_embedded: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while ZooKeeper started", e);
    }
  }

  private static int named(String text, List<Peer> peers) {
    List<Integer> matching = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      if (text.equals(Integer.toString(i + 1)) || text.equals(peers.get(i).host())) {
        matching.add(i);
      }
    }
    return only(
        matching,
        "--zk_self=" + text + " is ",
        peers,
        ": give a number from 1 to " + peers.size() + ", or a host as --peers has it");
  }

  private static int own(List<Peer> peers) {
    List<Integer> matching = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      if (isOfThisMachine(peers.get(i).host())) {
        matching.add(i);
      }
    }
    return only(
        matching,
        "this machine is, by its addresses, ",
        peers,
        ": say which this master is with --zk_self=NUMBER, from 1 to " + peers.size());
  }

  private static int only(List<Integer> matching, String subject, List<Peer> peers, String remedy) {
    if (matching.size() == 1) {
      return matching.getFirst();
    }
    throw new IllegalArgumentException(
        subject
            + (matching.isEmpty() ? "none" : "more than one")
            + " of --peers="
            + peers.stream().map(Peer::host).collect(Collectors.joining(","))
            + remedy);
  }

  private static boolean isOfThisMachine(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (address.isLoopbackAddress()
            || Optional.ofNullable(NetworkInterface.getByInetAddress(address)).isPresent()) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException | SocketException _) {
      return false; // no name that this machine knows, so hardly its own
    }
  }
}

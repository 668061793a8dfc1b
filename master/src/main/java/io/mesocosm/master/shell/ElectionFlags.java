package io.mesocosm.master.shell;

import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.runtime.Flag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The flags by which a master finds its peers (contracts/mesos-ha.md Z1, Z8): Mesos's, and ours for
 * the ZooKeeper that can run inside the masters themselves.
 */
public final class ElectionFlags {
  public static final Flag<ZooKeeperAddress> ZK =
      new Flag<>(
          "zk",
          ElectionFlags::address,
          Optional.empty(),
          false,
          "where masters elect their leader and keep the registry:"
              + " zk://[user:password@]host:port[,...]/path, or file://PATH of a file of it; without"
              + " it this master leads at once and alone");
  public static final Flag<Duration> ZK_SESSION_TIMEOUT =
      Flag.duration(
          "zk_session_timeout",
          "10secs",
          "how long after its last sign of life a master is taken for dead, and another elected");

  /** Has no effect; see its help. */
  public static final Flag<Integer> QUORUM =
      new Flag<>(
          "quorum",
          text -> Flag.integer("quorum", 1, 1, 1000, "").parser().apply(text),
          Optional.empty(),
          false,
          "taken for the sake of Mesos's command lines, and unused: how many servers must have what"
              + " is written is ZooKeeper's to know");

  /** Ours. */
  public static final Flag<Boolean> ZK_EMBEDDED =
      Flag.bool(
          "zk_embedded",
          false,
          "whether a ZooKeeper server runs inside this master, in --work_dir; one of an ensemble if"
              + " there are --peers");

  /** Ours. */
  public static final Flag<List<EmbeddedPeers.Peer>> PEERS =
      new Flag<>(
          "peers",
          EmbeddedPeers.Peer::list,
          Optional.empty(),
          false,
          "all masters with --zk_embedded, this one included, in the same order for all of them:"
              + " host[:quorumPort:electionPort[:clientPort]],...; ports 2888 and 3888, and"
              + " --zk_client_port, unless given");

  /** Ours. */
  public static final Flag<Integer> ZK_CLIENT_PORT =
      Flag.integer(
          "zk_client_port", 2181, 1, 65_535, "where an embedded ZooKeeper serves its clients");

  /** Ours. */
  public static final Flag<String> ZK_SELF =
      Flag.optionalText(
          "zk_self",
          "which of --peers this master is: its number from 1, or its host as written there; found"
              + " out by this machine's addresses when not given");

  /** In the order of {@code --help}. */
  public static final List<Flag<?>> ALL =
      List.of(ZK, ZK_SESSION_TIMEOUT, QUORUM, ZK_EMBEDDED, PEERS, ZK_CLIENT_PORT, ZK_SELF);

  private static final String FILE = "file://";

  private ElectionFlags() {}

  private static ZooKeeperAddress address(String text) {
    String given = text.strip();
    if (!given.startsWith(FILE)) {
      return ZooKeeperAddress.parse(given);
    }
    try {
      return ZooKeeperAddress.parse(Files.readString(Path.of(given.substring(FILE.length()))));
    } catch (IOException e) {
      throw new IllegalArgumentException("a file that can be read, and holds zk://...", e);
    }
  }
}

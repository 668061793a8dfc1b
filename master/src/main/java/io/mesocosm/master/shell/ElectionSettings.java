package io.mesocosm.master.shell;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperElection;
import io.mesocosm.runtime.Flags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a master comes to lead.
 *
 * @param zooKeeper where it contends; without, it leads at once
 * @param embedded the ZooKeeper server inside this master, if there is one
 */
public record ElectionSettings(
    Optional<ZooKeeperAddress> zooKeeper,
    Duration sessionTimeout,
    Optional<EmbeddedPeers> embedded) {
  private static final String PATH = "/mesos";
  private static final String LABEL = "json.info_";
  private static final Duration SESSION_MIN = Duration.ofMillis(100);

  /**
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  static ElectionSettings from(Flags flags) {
    Duration timeout = flags.get(ElectionFlags.ZK_SESSION_TIMEOUT);
    if (timeout.compareTo(SESSION_MIN) < 0) {
      throw new IllegalArgumentException(
          "--zk_session_timeout="
              + timeout.toMillis()
              + "ms is too short: give 100ms or more, better seconds");
    }
    Optional<ZooKeeperAddress> address = flags.find(ElectionFlags.ZK);
    List<EmbeddedPeers.Peer> peers = flags.find(ElectionFlags.PEERS).orElse(List.of());
    if (!flags.get(ElectionFlags.ZK_EMBEDDED)) {
      if (!peers.isEmpty()) {
        throw new IllegalArgumentException(
            "--peers is for masters with a ZooKeeper of their own: give --zk_embedded too, or --zk"
                + " with the address of yours");
      }
      return new ElectionSettings(address, timeout, Optional.empty());
    }
    Path workDir =
        flags
            .find(MasterFlags.WORK_DIR)
            .map(Path::of)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "--zk_embedded needs a place for what ZooKeeper keeps: give --work_dir"));
    EmbeddedPeers embedded =
        EmbeddedPeers.of(
            workDir.resolve("zookeeper"),
            peers,
            flags.find(ElectionFlags.ZK_SELF),
            flags.get(ElectionFlags.ZK_CLIENT_PORT),
            flags.get(MasterFlags.IP));
    return new ElectionSettings(
        address.or(() -> Optional.of(embedded.address(PATH))), timeout, Optional.of(embedded));
  }

  /** Among the members that are named as Mesos's masters name theirs (Z2, Z3). */
  Optional<Contest> contest() {
    return zooKeeper.map(address ->
        (content, listener) ->
            ZooKeeperElection.enter(
                address, new ElectionOptions("/", LABEL, sessionTimeout), content, listener));
  }

  /** How many keep what the leader writes. */
  int servers() {
    return zooKeeper.map(address -> address.servers().split(",", -1).length).orElse(1);
  }
}

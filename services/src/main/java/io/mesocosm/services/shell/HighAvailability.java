package io.mesocosm.services.shell;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperElection;
import io.mesocosm.runtime.Flags;
import java.time.Duration;

/**
 * How one scheduler stands in for another (contracts/marathon-api.md §13).
 *
 * @param enabled whether it contends with others; if not, it leads at once
 * @param sessionTimeout how long after its last sign of life a scheduler is taken for dead
 * @param proxyConnectMax for a follower to connect to the leader
 * @param proxyReadMax for the leader to answer what a follower has passed on
 * @param proxiedMax how many requests may be passed on at once
 * @param anyHostname whether the leader's certificate may be for another host name
 */
public record HighAvailability(
    boolean enabled,
    Duration sessionTimeout,
    Duration proxyConnectMax,
    Duration proxyReadMax,
    int proxiedMax,
    boolean anyHostname) {
  private static final String FOLDER = "/leader-curator";
  private static final String LABEL = "latch-";

  static HighAvailability from(Flags flags) {
    return new HighAvailability(
        flags.get(ServicesFlags.HA) && !flags.get(ServicesFlags.DISABLE_HA),
        Duration.ofMillis(flags.get(ServicesFlags.ZK_SESSION_TIMEOUT)),
        Duration.ofMillis(flags.get(ServicesFlags.LEADER_PROXY_CONNECTION_TIMEOUT)),
        Duration.ofMillis(flags.get(ServicesFlags.LEADER_PROXY_READ_TIMEOUT)),
        flags.get(ApiFlags.LEADER_PROXY_MAX_OPEN_CONNECTIONS),
        flags.get(ApiFlags.LEADER_PROXY_SSL_IGNORE_HOSTNAME));
  }

  /** Among the members of the folder that Marathon's are in, too (A1). */
  Contest contest(ZooKeeperAddress address) {
    return (content, listener) ->
        ZooKeeperElection.enter(
            address, new ElectionOptions(FOLDER, LABEL, sessionTimeout), content, listener);
  }
}

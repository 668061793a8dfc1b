package io.mesocosm.master;

import java.time.Duration;
import java.util.Optional;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * What the core is told about itself.
 *
 * @param masterId begins the ids of agents, frameworks and offers; new at each start
 * @param pingInterval how often an agent is asked for a sign of life
 * @param pingsMissedMax how many in a row it may miss; also, times the interval, how long its link
 *     may be down
 * @param allocationInterval how long to gather what has become free before it is offered
 * @param offerTimeout how long a framework may keep an offer; for ever if absent
 * @param agentReregisterTimeout how long after the start of this master agents of an earlier one
 *     may take to come back; so long nobody is told that what they ran is unknown
 * @param heartbeatInterval as told to frameworks; the shell sends the heartbeats
 */
public record MasterConfig(
    String masterId,
    MasterInfo masterInfo,
    Duration pingInterval,
    int pingsMissedMax,
    Duration allocationInterval,
    Optional<Duration> offerTimeout,
    int completedFrameworksMax,
    int completedTasksPerFrameworkMax,
    Duration heartbeatInterval,
    Duration agentReregisterTimeout) {

  /** Mesos's defaults, but for the allocation interval, which is ours. */
  public static MasterConfig of(MasterInfo masterInfo) {
    return new MasterConfig(
        masterInfo.getId(),
        masterInfo,
        Duration.ofSeconds(15),
        5,
        Duration.ofMillis(20),
        Optional.empty(),
        50,
        1000,
        Duration.ofSeconds(15),
        Duration.ofMinutes(10));
  }

  /** How long an agent's link may be down before the agent counts as lost. */
  Duration silenceMax() {
    return pingInterval.multipliedBy(pingsMissedMax);
  }
}

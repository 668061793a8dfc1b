package io.mesocosm.master;

import io.mesocosm.model.access.Authorizer;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * What the core is told about itself.
 *
 * @param masterId begins the ids of agents, frameworks and offers; new at each start
 * @param masterInfo as announced; its domain, if any, is the local one
 * @param pingInterval how often an agent is asked for a sign of life
 * @param pingsMissedMax how many in a row it may miss; also, times the interval, how long its link
 *     may be down
 * @param allocationInterval how long to gather what has become free before it is offered
 * @param offerTimeout how long a framework may keep an offer; for ever if absent
 * @param agentReregisterTimeout how long after the start of this master agents of an earlier one
 *     may take to come back; so long nobody is told that what they ran is unknown
 * @param heartbeatInterval as told to frameworks; the shell sends the heartbeats
 * @param authorizer decides who may do what; values only, safe to ask on the core's thread
 * @param roles the only ones that frameworks and operators may name; all if absent
 * @param rootSubmissions whether frameworks may run as root
 * @param constraintsProgramSizeMax of a compiled regular expression in offer constraints
 * @param constraintsMemoryMax of a regular expression in offer constraints, in bytes of its text
 * @param agentDomainRequired whether agents without a fault domain are refused
 * @param agentRemovalRate how fast agents may become unreachable; as it happens if absent
 * @param recoveryAgentRemovalMax the share of the admitted agents, from 0 to 1, that may be missing
 *     after a failover; if more are, the master ends instead of giving them up
 * @param registryTrimInterval how often the lists of unreachable and gone agents are trimmed
 * @param registryAgentAgeMax how long an agent stays in one of those lists
 * @param registryAgentsMax how many agents stay in each of those lists
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
    int unreachableTasksPerFrameworkMax,
    Duration heartbeatInterval,
    Duration agentReregisterTimeout,
    Authorizer authorizer,
    Optional<SortedSet<String>> roles,
    boolean rootSubmissions,
    int constraintsProgramSizeMax,
    int constraintsMemoryMax,
    boolean agentDomainRequired,
    Optional<AgentRemovalRate> agentRemovalRate,
    double recoveryAgentRemovalMax,
    Duration registryTrimInterval,
    Duration registryAgentAgeMax,
    int registryAgentsMax) {

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
        1000,
        Duration.ofSeconds(15),
        Duration.ofMinutes(10),
        Authorizer.PERMISSIVE,
        Optional.empty(),
        true,
        100,
        4096,
        false,
        Optional.empty(),
        1,
        Duration.ofMinutes(15),
        Duration.ofDays(14),
        102_400);
  }

  /** The same for the master that this is. */
  public MasterConfig forMaster(MasterInfo who) {
    return new MasterConfig(
        who.getId(),
        who,
        pingInterval,
        pingsMissedMax,
        allocationInterval,
        offerTimeout,
        completedFrameworksMax,
        completedTasksPerFrameworkMax,
        unreachableTasksPerFrameworkMax,
        heartbeatInterval,
        agentReregisterTimeout,
        authorizer,
        roles,
        rootSubmissions,
        constraintsProgramSizeMax,
        constraintsMemoryMax,
        agentDomainRequired,
        agentRemovalRate,
        recoveryAgentRemovalMax,
        registryTrimInterval,
        registryAgentAgeMax,
        registryAgentsMax);
  }

  /** How long an agent's link may be down before the agent counts as lost. */
  Duration silenceMax() {
    return pingInterval.multipliedBy(pingsMissedMax);
  }
}

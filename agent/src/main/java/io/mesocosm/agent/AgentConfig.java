package io.mesocosm.agent;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Resource;

/**
 * What an agent is told about itself.
 *
 * @param agentInfo host name, port, resources and attributes, without an id
 * @param ip of the machine, as tasks and frameworks shall know it
 * @param publishAddress the address that ports of containers are published on: the one that the
 *     agent was told to listen on, so that agents of one machine keep apart
 * @param version of the software
 * @param workDir absolute; sandboxes lie below it
 * @param runsProcesses whether there is an engine for plain processes
 * @param runsDocker whether there is a Docker engine
 * @param sandboxDirectory where the sandbox appears inside a Docker container
 * @param executorEnvironment given to every task, weaker than what the agent and the task say
 * @param executorTransport given to frameworks' executors alone, weaker than all else: how they
 *     speak to this agent
 * @param executorShutdownGracePeriod between SIGTERM and SIGKILL for Docker tasks, and for all
 *     tasks of a framework that is shut down
 * @param stopGrace between SIGTERM and SIGKILL when the agent itself stops
 * @param registrationBackoffFactor ten times the longest wait before the first try to register;
 *     later waits double up to a minute
 * @param launchTimeout how long pulling an image and starting a container may take
 * @param switchUser whether plain processes run as the user of their command or framework
 * @param executorRegistrationTimeout how long a framework's executor may take from its launch to
 *     its subscription
 * @param executorReregistrationTimeout told to executors as the longest wait between two tries
 * @param recoveryTimeout told to executors: how long they shall look for an agent that is gone
 * @param heartbeatInterval of executors' streams
 * @param oversubscribed the estimate of what is idle, constant; revocable
 * @param bootId names one run of the machine; empty if unknown
 * @param completedExecutorsMax how many executors of one framework are remembered once they are
 *     over
 * @param stored what an earlier agent of this work directory left behind, its total already brought
 *     in line with {@code agentInfo}
 */
public record AgentConfig(
    AgentInfo agentInfo,
    String ip,
    String publishAddress,
    String version,
    String workDir,
    boolean runsProcesses,
    boolean runsDocker,
    String sandboxDirectory,
    SortedMap<String, String> executorEnvironment,
    SortedMap<String, String> executorTransport,
    Duration executorShutdownGracePeriod,
    Duration stopGrace,
    Duration registrationBackoffFactor,
    Duration launchTimeout,
    boolean switchUser,
    Duration executorRegistrationTimeout,
    Duration executorReregistrationTimeout,
    Duration recoveryTimeout,
    Duration heartbeatInterval,
    List<Resource> oversubscribed,
    String bootId,
    int completedExecutorsMax,
    StoredState stored) {

  /** What every agent of this version can do, as the master is told. */
  public static final List<String> CAPABILITIES =
      List.of(
          "MULTI_ROLE",
          "HIERARCHICAL_ROLE",
          "RESERVATION_REFINEMENT",
          "AGENT_OPERATION_FEEDBACK",
          "RESIZE_VOLUME",
          "AGENT_DRAINING");

  /** The variable of {@code executorTransport} that is a file of this machine, not of an image. */
  public static final String EXECUTOR_AUTHORITIES = "LIBPROCESS_SSL_CA_FILE";

  public AgentConfig {
    if (agentInfo.hasId()) {
      throw new IllegalArgumentException("agent info must not have an id: the master gives it");
    }
    oversubscribed = List.copyOf(oversubscribed);
    executorEnvironment = Collections.unmodifiableSortedMap(new TreeMap<>(executorEnvironment));
    executorTransport = Collections.unmodifiableSortedMap(new TreeMap<>(executorTransport));
  }

  /** An agent with both engines and the flags' defaults. */
  public static AgentConfig of(AgentInfo agentInfo, String ip, String workDir) {
    return new AgentConfig(
        agentInfo,
        ip,
        ip,
        "0.1.0",
        workDir,
        true,
        true,
        "/mnt/mesos/sandbox",
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofMinutes(10),
        false,
        Duration.ofMinutes(1),
        Duration.ofSeconds(2),
        Duration.ofMinutes(15),
        Duration.ofMinutes(30),
        List.of(),
        "",
        150,
        StoredState.NONE);
  }

  /** The same agent with another past. */
  public AgentConfig withStored(StoredState other) {
    return new AgentConfig(
        agentInfo,
        ip,
        publishAddress,
        version,
        workDir,
        runsProcesses,
        runsDocker,
        sandboxDirectory,
        executorEnvironment,
        executorTransport,
        executorShutdownGracePeriod,
        stopGrace,
        registrationBackoffFactor,
        launchTimeout,
        switchUser,
        executorRegistrationTimeout,
        executorReregistrationTimeout,
        recoveryTimeout,
        heartbeatInterval,
        oversubscribed,
        bootId,
        completedExecutorsMax,
        other);
  }

  /** Between SHUTDOWN and the end of an executor's container (T4, T5). */
  Duration shutdownGrace(Optional<ExecutorInfo> executor) {
    return executor
        .filter(ExecutorInfo::hasShutdownGracePeriod)
        .map(info -> Duration.ofNanos(info.getShutdownGracePeriod().getNanoseconds()))
        .orElse(executorShutdownGracePeriod);
  }

  /** The agent's name in the style of libprocess, as in {@code MESOS_SLAVE_PID}. */
  public String pid() {
    return "slave(1)@" + ip + ":" + agentInfo.getPort();
  }
}

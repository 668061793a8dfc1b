package io.mesocosm.agent.shell;

import io.mesocosm.agent.Reconfiguration;
import io.mesocosm.containerizer.docker.DockerOptions;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.http.AnnouncedAddress;
import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.runtime.Flags;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an agent process is started with.
 *
 * @param masters tells where the leading master is
 * @param ip to listen on and to be known by; absent: all addresses, known by one that is found
 * @param port 0 picks a free one
 * @param hostname absent: the machine's own
 * @param workDir is made if it does not exist
 * @param resources in the notation of {@code --resources}
 * @param attributes in the notation of {@code --attributes}
 * @param containerizers {@code docker} and {@code mesos}, the latter for plain processes
 * @param dockerSocket e.g. {@code unix:///var/run/docker.sock}
 * @param launchTimeout how long pulling an image and starting a container may take, and how long a
 *     framework's executor may take to subscribe
 * @param executorReregistrationTimeout longest wait of executors between two tries to come back
 * @param recoveryTimeout how long executors look for an agent that is gone
 * @param httpHeartbeatInterval of the operator API's streams
 * @param resourceEstimator {@code fixed:} and resources in the notation of {@code --resources}
 * @param domain JSON of a DomainInfo, or the path of a file that holds it
 * @param fetcherStallTimeout how long a server that a URI names may send nothing
 * @param frameworksHome folder of the URIs that are relative paths; empty if there is none
 * @param maxCompletedExecutorsPerFramework that are remembered once they are over
 * @param dockerKillOrphans whether Docker containers of an earlier agent that no task is about are
 *     removed at the start
 * @param recover {@code reconnect}, or {@code cleanup} to end once the machine is clean
 * @param strict whether a damaged state of an earlier agent is fatal
 * @param reconfigurationPolicy how the agent may differ from the earlier one whose place it takes
 * @param stopGrace between SIGTERM and SIGKILL when the agent itself stops
 * @param switchUser whether plain processes run as the user of their command or framework; without
 *     root they never do
 * @param security who may use the API, and what the agent shows its master
 * @param server where the API listens, and its limits; without TLS, which is in {@code security}
 * @param flags what {@code /flags} shows
 */
public record AgentOptions(
    MasterLocator masters,
    Optional<String> ip,
    int port,
    Optional<String> hostname,
    Path workDir,
    String resources,
    String attributes,
    String defaultRole,
    List<String> containerizers,
    URI dockerSocket,
    Path sandboxDirectory,
    SortedMap<String, String> executorEnvironment,
    Duration registrationBackoffFactor,
    Duration executorShutdownGracePeriod,
    Duration launchTimeout,
    Duration stopGrace,
    boolean switchUser,
    Duration executorReregistrationTimeout,
    Duration recoveryTimeout,
    Duration httpHeartbeatInterval,
    Optional<String> resourceEstimator,
    Optional<String> domain,
    Duration fetcherStallTimeout,
    String frameworksHome,
    int maxCompletedExecutorsPerFramework,
    boolean dockerKillOrphans,
    String recover,
    boolean strict,
    Reconfiguration.Policy reconfigurationPolicy,
    SecurityOptions security,
    HttpServerOptions server,
    SortedMap<String, String> flags) {
  private static final List<String> ENGINES = List.of("docker", "mesos");
  private static final String LIBPROCESS_IP = "LIBPROCESS_IP";
  private static final String CLEANUP = "cleanup";
  private static final String ZOOKEEPER = "zk://";
  private static final List<String> RECOVERIES = List.of("reconnect", CLEANUP);

  public AgentOptions {
    containerizers = List.copyOf(containerizers);
    executorEnvironment = Collections.unmodifiableSortedMap(new TreeMap<>(executorEnvironment));
    flags = Collections.unmodifiableSortedMap(new TreeMap<>(flags));
    if (containerizers.isEmpty() || !ENGINES.containsAll(containerizers)) {
      throw new IllegalArgumentException(
          "--containerizers="
              + String.join(",", containerizers)
              + " is not valid: expected docker, mesos, or both with a comma between");
    }
    if (!RECOVERIES.contains(recover)) {
      throw new IllegalArgumentException(
          "--recover=" + recover + " is not valid: expected reconnect or cleanup");
    }
  }

  /**
   * Options as {@link AgentFlags} say.
   *
   * @throws IllegalArgumentException naming the flag, its value and the remedy
   */
  public static AgentOptions from(Flags flags) {
    return from(flags, masters(flags));
  }

  private static MasterLocator masters(Flags flags) {
    String given = flags.get(AgentFlags.MASTER);
    String master;
    try {
      master = FlagText.read(given);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--master=" + given + " is not valid: the file cannot be read: " + e.getMessage(), e);
    }
    if (master.startsWith(ZOOKEEPER)) {
      try {
        return new ElectedMaster(
            ZooKeeperAddress.parse(master),
            flags.get(AgentFlags.ZK_SESSION_TIMEOUT),
            SecurityOptions.agent(flags).tlsFiles().isPresent());
      } catch (IllegalArgumentException e) {
        // Without what was given: it may hold a password.
        throw new IllegalArgumentException("--master is not valid: expected " + e.getMessage(), e);
      }
    }
    if (master.contains("://") && !master.startsWith("https://")) {
      throw new IllegalArgumentException(
          "--master="
              + master
              + " is not valid: expected host:port, https://host:port, or"
              + " zk://host1:port1,host2:port2/path");
    }
    return MasterLocator.fixed(master);
  }

  /**
   * Options as {@link AgentFlags} say, with another way to find the master that {@code --master}
   * means.
   *
   * @throws IllegalArgumentException naming the flag, its value and the remedy
   */
  public static AgentOptions from(Flags flags, MasterLocator masters) {
    String ip = flags.get(AgentFlags.IP);
    SecurityOptions security = SecurityOptions.agent(flags);
    SecurityOptions.refusalToListen(ip, security)
        .ifPresent(refusal -> {
          throw new IllegalArgumentException(refusal);
        });
    return new AgentOptions(
        masters,
        AnnouncedAddress.standsForAll(ip) ? Optional.empty() : Optional.of(ip),
        flags.get(AgentFlags.PORT),
        flags.find(AgentFlags.HOSTNAME),
        Path.of(flags.get(AgentFlags.WORK_DIR)).toAbsolutePath().normalize(),
        flags.get(AgentFlags.RESOURCES),
        flags.get(AgentFlags.ATTRIBUTES),
        flags.get(AgentFlags.DEFAULT_ROLE),
        List.of(flags.get(AgentFlags.CONTAINERIZERS).split(",")),
        socket(flags.get(AgentFlags.DOCKER_SOCKET)),
        Path.of(flags.get(AgentFlags.SANDBOX_DIRECTORY)),
        executorEnvironment(System.getenv(), flags.get(AgentFlags.EXECUTOR_ENVIRONMENT_VARIABLES)),
        flags.get(AgentFlags.REGISTRATION_BACKOFF_FACTOR),
        flags.get(AgentFlags.EXECUTOR_SHUTDOWN_GRACE_PERIOD),
        flags.get(AgentFlags.EXECUTOR_REGISTRATION_TIMEOUT),
        Duration.ofSeconds(1),
        flags.get(AgentFlags.SWITCH_USER),
        flags.get(AgentFlags.EXECUTOR_REREGISTRATION_TIMEOUT),
        flags.get(AgentFlags.RECOVERY_TIMEOUT),
        flags.get(AgentFlags.HTTP_HEARTBEAT_INTERVAL),
        flags.find(AgentFlags.RESOURCE_ESTIMATOR),
        flags.find(AgentFlags.DOMAIN),
        flags.get(AgentFlags.FETCHER_STALL_TIMEOUT),
        flags.get(AgentFlags.FRAMEWORKS_HOME),
        flags.get(AgentFlags.MAX_COMPLETED_EXECUTORS_PER_FRAMEWORK),
        flags.get(AgentFlags.DOCKER_KILL_ORPHANS),
        flags.get(AgentFlags.RECOVER),
        flags.get(AgentFlags.STRICT),
        Reconfiguration.Policy.parse(flags.get(AgentFlags.RECONFIGURATION_POLICY)),
        security,
        HttpFlags.options(flags, "agent", ip, flags.get(AgentFlags.PORT)),
        flags.texts());
  }

  /**
   * Options from arguments alone, e.g. {@code --port=0}.
   *
   * @throws Flags.InvalidFlagsException naming everything wrong
   * @throws IllegalArgumentException naming the flag, its value and the remedy
   */
  public static AgentOptions parse(List<String> arguments) {
    return from(Flags.parse(AgentFlags.ALL, arguments, Map.of(), List.of()));
  }

  /**
   * What executors and tasks get of the agent's own environment, and what the flag gives them,
   * which is the stronger of the two.
   */
  static SortedMap<String, String> executorEnvironment(Map<String, String> own, String flag) {
    SortedMap<String, String> environment = new TreeMap<>();
    String ip = own.getOrDefault(LIBPROCESS_IP, "");
    if (!ip.isEmpty()) {
      environment.put(LIBPROCESS_IP, ip);
    }
    environment.putAll(StringMapText.parse(AgentFlags.EXECUTOR_ENVIRONMENT_VARIABLES.name(), flag));
    return environment;
  }

  public boolean runsProcesses() {
    return containerizers.contains("mesos");
  }

  /** How the agent's Docker engine is to be made. */
  public DockerOptions docker() {
    return DockerOptions.of(workDir)
        .withSocket(dockerSocket)
        .withSandboxFolder(sandboxDirectory.toString())
        .withOrphansKept(!dockerKillOrphans);
  }

  /** Whether the agent shall only remove what an earlier one left behind. */
  boolean onlyCleansUp() {
    return recover.equals(CLEANUP);
  }

  public boolean runsDocker() {
    return containerizers.contains("docker");
  }

  private static URI socket(String text) {
    return URI.create(text.startsWith("/") ? "unix://" + text : text);
  }
}

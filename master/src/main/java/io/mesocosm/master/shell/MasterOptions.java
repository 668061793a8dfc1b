package io.mesocosm.master.shell;

import io.mesocosm.allocator.AllocatorConfig;
import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.master.MasterConfig;
import io.mesocosm.runtime.Flags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.DomainInfo;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * How one master is to run; {@link MasterFlags} says what each part means.
 *
 * @param http where it listens, and the limits there; port 0 for any free port
 * @param core what the core is told, but for who it is
 * @param election how it comes to lead
 * @param registryInMemory whether what operators decide is forgotten at the end
 * @param allocator {@code hierarchical} or a class name
 * @param weights by role, until operators say otherwise
 * @param whitelist a file of host names, read again every few seconds
 * @param frameworkMetrics whether {@code /metrics} names each framework
 * @param flagTexts every flag by name, as {@code /flags} shows them
 */
public record MasterOptions(
    HttpServerOptions http,
    SecurityOptions security,
    Optional<String> hostname,
    Optional<Path> workDir,
    ElectionSettings election,
    boolean registryInMemory,
    Optional<String> cluster,
    Optional<DomainInfo> domain,
    MasterConfig core,
    String allocator,
    AllocatorConfig allocation,
    SortedMap<String, Double> weights,
    Optional<Path> whitelist,
    boolean frameworkMetrics,
    int operatorStreamsMax,
    int commandsWaitingMax,
    SortedMap<String, String> flagTexts) {
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(15);

  public MasterOptions {
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    flagTexts = Collections.unmodifiableSortedMap(new TreeMap<>(flagTexts));
  }

  /**
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  public static MasterOptions from(Flags flags) {
    SecurityOptions security = SecurityOptions.master(flags);
    Optional<DomainInfo> domain = flags.find(MasterFlags.DOMAIN);
    String registry = flags.get(MasterFlags.REGISTRY);
    if (!List.of("durable", "replicated_log", "in_memory").contains(registry)) {
      throw new IllegalArgumentException(
          "--registry=" + registry + " is unknown: give durable or in_memory");
    }
    SortedMap<String, String> texts = new TreeMap<>(flags.texts());
    ElectionSettings election = ElectionSettings.from(flags);
    election
        .zooKeeper()
        .ifPresent(
            address -> texts.put(ElectionFlags.ZK.name(), address.toString())); // no password
    return new MasterOptions(
        HttpFlags.options(
            flags, "master-http", flags.get(MasterFlags.IP), flags.get(MasterFlags.PORT)),
        security,
        flags.find(MasterFlags.HOSTNAME),
        flags.find(MasterFlags.WORK_DIR).map(Path::of),
        election,
        registry.equals("in_memory"),
        flags.find(MasterFlags.CLUSTER),
        domain,
        core(flags, security, domain),
        flags.get(MasterFlags.ALLOCATOR),
        new AllocatorConfig(
            flags.get(MasterFlags.ROLE_SORTER),
            flags.get(MasterFlags.FRAMEWORK_SORTER),
            flags.find(MasterFlags.FAIR_SHARING_EXCLUDED).orElse(Collections.emptySortedSet()),
            flags.get(MasterFlags.MIN_ALLOCATABLE_RESOURCES),
            flags.get(MasterFlags.FILTER_GPU_RESOURCES),
            domain.map(info -> info.getFaultDomain().getRegion().getName())),
        flags.find(MasterFlags.WEIGHTS).orElse(Collections.emptySortedMap()),
        flags
            .find(MasterFlags.WHITELIST)
            .filter(text -> !text.equals("*"))
            .map(text -> Path.of(text.replaceFirst("^file://", ""))),
        flags.get(MasterFlags.FRAMEWORK_METRICS),
        flags.get(MasterFlags.MAX_OPERATOR_EVENT_STREAM_SUBSCRIBERS),
        flags.get(MasterFlags.COMMANDS_WAITING_MAX),
        texts);
  }

  private static MasterConfig core(
      Flags flags, SecurityOptions security, Optional<DomainInfo> domain) {
    MasterInfo.Builder nobodyYet = MasterInfo.newBuilder().setId("").setIp(0).setPort(0);
    domain.ifPresent(nobodyYet::setDomain);
    Optional<SortedSet<String>> roles = flags.find(MasterFlags.ROLES);
    return new MasterConfig(
        "",
        nobodyYet.build(),
        flags.get(MasterFlags.AGENT_PING_TIMEOUT),
        flags.get(MasterFlags.MAX_AGENT_PING_TIMEOUTS),
        flags.get(MasterFlags.ALLOCATION_INTERVAL),
        flags.find(MasterFlags.OFFER_TIMEOUT),
        flags.get(MasterFlags.MAX_COMPLETED_FRAMEWORKS),
        flags.get(MasterFlags.MAX_COMPLETED_TASKS_PER_FRAMEWORK),
        flags.get(MasterFlags.MAX_UNREACHABLE_TASKS_PER_FRAMEWORK),
        HEARTBEAT_INTERVAL,
        flags.get(MasterFlags.AGENT_REREGISTER_TIMEOUT),
        security.authorizer(),
        roles,
        flags.get(MasterFlags.ROOT_SUBMISSIONS),
        flags.get(MasterFlags.CONSTRAINTS_PROGRAM_SIZE_MAX),
        flags.get(MasterFlags.CONSTRAINTS_MEMORY_MAX),
        flags.get(MasterFlags.REQUIRE_AGENT_DOMAIN),
        flags.find(MasterFlags.AGENT_REMOVAL_RATE_LIMIT),
        flags.get(MasterFlags.RECOVERY_AGENT_REMOVAL_LIMIT),
        flags.get(MasterFlags.REGISTRY_GC_INTERVAL),
        flags.get(MasterFlags.REGISTRY_MAX_AGENT_AGE),
        flags.get(MasterFlags.REGISTRY_MAX_AGENT_COUNT));
  }

  /**
   * Options from arguments alone, e.g. {@code --port=0}.
   *
   * @throws Flags.InvalidFlagsException naming every bad flag
   */
  public static MasterOptions parse(List<String> arguments) {
    return from(Flags.parse(MasterFlags.ALL, arguments, Map.of(), List.of()));
  }
}

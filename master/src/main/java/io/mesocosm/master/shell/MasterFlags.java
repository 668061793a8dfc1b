package io.mesocosm.master.shell;

import io.mesocosm.allocator.MinAllocatable;
import io.mesocosm.allocator.SorterKind;
import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.security.SecurityFlags;
import io.mesocosm.master.AgentRemovalRate;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MesosJson;
import io.mesocosm.runtime.Durations;
import io.mesocosm.runtime.Flag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.DomainInfo;

/**
 * The master's flags: names and defaults of Mesos (contracts/mesos-operator-api.md §11) but where a
 * comment says otherwise. Only flags that have an effect are listed: any other is refused.
 */
public final class MasterFlags {
  /** Mesos listens everywhere unless told otherwise; ours must be told to. */
  public static final Flag<String> IP =
      Flag.text(
          "ip",
          "127.0.0.1",
          "the address to listen on; 0.0.0.0 for all, which takes authentication or --insecure");

  public static final Flag<Integer> PORT =
      Flag.port("port", 5050, "the port to listen on; 0 for any that is free");
  public static final Flag<String> HOSTNAME =
      Flag.optionalText(
          "hostname", "the name that agents, frameworks and people reach this master by");
  public static final Flag<String> WORK_DIR =
      Flag.optionalText(
          "work_dir", "a directory of this master's own, made when missing and checked at start");
  public static final Flag<String> CLUSTER =
      Flag.optionalText("cluster", "a name for the cluster, shown by /state and the console");
  public static final Flag<Duration> AGENT_PING_TIMEOUT =
      Flag.duration("agent_ping_timeout", "15secs", "how often an agent is pinged");
  public static final Flag<Integer> MAX_AGENT_PING_TIMEOUTS =
      Flag.integer(
          "max_agent_ping_timeouts",
          5,
          1,
          1000,
          "how many pings in a row an agent may leave unanswered before it is unreachable");

  public static final Flag<Duration> AGENT_REREGISTER_TIMEOUT =
      Flag.duration(
          "agent_reregister_timeout",
          "10mins",
          "how long after this master's start agents of an earlier one may take to come back,"
              + " before they are unreachable");

  public static final Flag<AgentRemovalRate> AGENT_REMOVAL_RATE_LIMIT =
      optional(
          "agent_removal_rate_limit",
          AgentRemovalRate::parse,
          "how fast agents may become unreachable, e.g. 1/10mins; no limit when not given");
  public static final Flag<Double> RECOVERY_AGENT_REMOVAL_LIMIT =
      new Flag<>(
          "recovery_agent_removal_limit",
          MasterFlags::share,
          Optional.of("100%"),
          false,
          "how many of the agents may be missing after a failover, in percent; if more are, the"
              + " master ends instead of calling them unreachable");
  public static final Flag<Duration> REGISTRY_GC_INTERVAL =
      Flag.duration(
          "registry_gc_interval",
          "15mins",
          "how often the lists of unreachable and gone agents are trimmed");
  public static final Flag<Duration> REGISTRY_MAX_AGENT_AGE =
      Flag.duration(
          "registry_max_agent_age",
          "2weeks",
          "how long an unreachable or gone agent is remembered");
  public static final Flag<Integer> REGISTRY_MAX_AGENT_COUNT =
      Flag.integer(
          "registry_max_agent_count",
          102_400,
          1,
          10_000_000,
          "how many unreachable agents, and how many gone ones, are remembered");

  /** Mesos's default is 1secs; ours only gathers what happens at about the same time. */
  public static final Flag<Duration> ALLOCATION_INTERVAL =
      Flag.duration(
          "allocation_interval",
          "20ms",
          "how long to gather freed resources before they are offered");

  public static final Flag<Duration> OFFER_TIMEOUT =
      new Flag<>(
          "offer_timeout",
          Durations::parse,
          Optional.empty(),
          false,
          "how long a framework may hold an offer before it is rescinded; for ever when not given");
  public static final Flag<Integer> MAX_COMPLETED_FRAMEWORKS =
      Flag.integer(
          "max_completed_frameworks", 50, 0, 100_000, "how many removed frameworks are remembered");
  public static final Flag<Integer> MAX_COMPLETED_TASKS_PER_FRAMEWORK =
      Flag.integer(
          "max_completed_tasks_per_framework",
          1000,
          0,
          1_000_000,
          "how many completed tasks of each framework are remembered");

  public static final Flag<Integer> MAX_UNREACHABLE_TASKS_PER_FRAMEWORK =
      Flag.integer(
          "max_unreachable_tasks_per_framework",
          1000,
          0,
          1_000_000,
          "how many unreachable tasks of each framework are remembered");
  public static final Flag<Integer> MAX_OPERATOR_EVENT_STREAM_SUBSCRIBERS =
      Flag.integer(
          "max_operator_event_stream_subscribers",
          1000,
          1,
          100_000,
          "how many operators may follow events at once; beyond it the oldest stream is closed");
  public static final Flag<String> REGISTRY =
      Flag.text(
          "registry",
          "durable",
          "durable: in ZooKeeper (--zk) or else under --work_dir; in_memory: forgotten at the end");
  public static final Flag<SortedSet<String>> ROLES =
      optional("roles", MasterFlags::names, "the only roles that may be used, comma-separated");
  public static final Flag<SortedMap<String, Double>> WEIGHTS =
      optional(
          "weights",
          MasterFlags::weights,
          "weights of roles, role=weight,...; what operators set later counts for more");
  public static final Flag<Boolean> ROOT_SUBMISSIONS =
      Flag.bool("root_submissions", true, "whether frameworks may run as root");
  public static final Flag<DomainInfo> DOMAIN =
      optional(
          "domain",
          MasterFlags::domain,
          "the master's fault domain, JSON or the path of a file of it; agents of other regions are"
              + " offered to REGION_AWARE frameworks only");
  public static final Flag<Boolean> REQUIRE_AGENT_DOMAIN =
      Flag.bool("require_agent_domain", false, "whether agents without --domain are refused");
  public static final Flag<MinAllocatable> MIN_ALLOCATABLE_RESOURCES =
      new Flag<>(
          "min_allocatable_resources",
          MinAllocatable::parse,
          Optional.of("cpus:0.01|mem:32"),
          false,
          "what an agent must have free to be offered: alternatives by |, resources by ;");
  public static final Flag<String> ALLOCATOR =
      Flag.text(
          "allocator",
          "hierarchical",
          "hierarchical, or the name of a class on the class path that implements Allocator");
  public static final Flag<SorterKind> ROLE_SORTER =
      new Flag<>(
          "role_sorter",
          MasterFlags::sorting,
          Optional.of("drf"),
          false,
          "who of several roles comes first: drf or random");
  public static final Flag<SorterKind> FRAMEWORK_SORTER =
      new Flag<>(
          "framework_sorter",
          MasterFlags::sorting,
          Optional.of("drf"),
          false,
          "who of several frameworks in a role comes first: drf or random");
  public static final Flag<SortedSet<String>> FAIR_SHARING_EXCLUDED =
      optional(
          "fair_sharing_excluded_resource_names",
          MasterFlags::names,
          "resources that fairness leaves out, comma-separated");
  public static final Flag<Boolean> FILTER_GPU_RESOURCES =
      Flag.bool(
          "filter_gpu_resources",
          true,
          "whether agents with gpus are offered to GPU_RESOURCES frameworks only");
  public static final Flag<String> WHITELIST =
      Flag.optionalText(
          "whitelist",
          "the path of a file of host names, a line each, that alone are offered; read again every"
              + " 5 seconds; * for all");
  public static final Flag<Integer> CONSTRAINTS_MEMORY_MAX =
      Flag.integer(
          "offer_constraints_re2_max_mem",
          4096,
          64,
          1 << 20,
          "how long a regular expression in offer constraints may be, in bytes");
  public static final Flag<Integer> CONSTRAINTS_PROGRAM_SIZE_MAX =
      Flag.integer(
          "offer_constraints_re2_max_program_size",
          100,
          1,
          100_000,
          "how many instructions a regular expression in offer constraints may compile to");

  public static final Flag<Boolean> FRAMEWORK_METRICS =
      Flag.bool(
          "publish_per_framework_metrics",
          true,
          "whether there are metrics of each framework, which grow with their number");

  /** Ours. */
  public static final Flag<Integer> COMMANDS_WAITING_MAX =
      Flag.integer(
          "commands_waiting_max",
          65_536,
          256,
          1_000_000,
          "how many requests may wait for the master's thread; further ones wait in line");

  /** Every flag, in the order of {@code --help}. */
  public static final List<Flag<?>> ALL =
      Stream.of(
              List.<Flag<?>>of(
                  IP,
                  PORT,
                  HOSTNAME,
                  WORK_DIR,
                  REGISTRY,
                  CLUSTER,
                  DOMAIN,
                  REQUIRE_AGENT_DOMAIN,
                  AGENT_PING_TIMEOUT,
                  MAX_AGENT_PING_TIMEOUTS,
                  AGENT_REREGISTER_TIMEOUT,
                  AGENT_REMOVAL_RATE_LIMIT,
                  RECOVERY_AGENT_REMOVAL_LIMIT,
                  REGISTRY_GC_INTERVAL,
                  REGISTRY_MAX_AGENT_AGE,
                  REGISTRY_MAX_AGENT_COUNT,
                  ALLOCATOR,
                  ALLOCATION_INTERVAL,
                  MIN_ALLOCATABLE_RESOURCES,
                  ROLE_SORTER,
                  FRAMEWORK_SORTER,
                  FAIR_SHARING_EXCLUDED,
                  FILTER_GPU_RESOURCES,
                  WHITELIST,
                  FRAMEWORK_METRICS,
                  ROLES,
                  WEIGHTS,
                  ROOT_SUBMISSIONS,
                  OFFER_TIMEOUT,
                  CONSTRAINTS_MEMORY_MAX,
                  CONSTRAINTS_PROGRAM_SIZE_MAX,
                  MAX_COMPLETED_FRAMEWORKS,
                  MAX_COMPLETED_TASKS_PER_FRAMEWORK,
                  MAX_UNREACHABLE_TASKS_PER_FRAMEWORK,
                  MAX_OPERATOR_EVENT_STREAM_SUBSCRIBERS,
                  COMMANDS_WAITING_MAX),
              ElectionFlags.ALL,
              SecurityFlags.MASTER,
              HttpFlags.ALL)
          .flatMap(List::stream)
          .toList();

  /** Prefixes of environment variables that flags are read from, in order of precedence. */
  public static final List<String> ENVIRONMENT_PREFIXES = List.of("COSM_", "MESOS_");

  private MasterFlags() {}

  private static <T> Flag<T> optional(String name, Function<String, T> parser, String help) {
    return new Flag<>(name, parser, Optional.empty(), false, help);
  }

  /** Of a text like {@code 12.5%}. */
  private static double share(String text) {
    String number = text.strip();
    double percent;
    try {
      percent =
          number.endsWith("%")
              ? Double.parseDouble(number.substring(0, number.length() - 1))
              : Double.NaN;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a percentage, e.g. 50%", e);
    }
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("must be a percentage from 0% to 100%");
    }
    return percent / 100;
  }

  private static SortedSet<String> names(String text) {
    SortedSet<String> names = new TreeSet<>();
    for (String name : text.split(",")) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  private static SortedMap<String, Double> weights(String text) {
    SortedMap<String, Double> weights = new TreeMap<>();
    for (String pair : text.split(",")) {
      String[] parts = pair.split("=", 2);
      double weight;
      try {
        weight = Double.parseDouble(parts[parts.length - 1].strip());
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("must be role=weight,...", e);
      }
      if (parts.length < 2 || !(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("must be role=weight,... with weights above 0");
      }
      weights.put(parts[0].strip(), weight);
    }
    return weights;
  }

  private static SorterKind sorting(String text) {
    return switch (text) {
      case "drf" -> SorterKind.DRF;
      case "random" -> SorterKind.RANDOM;
      default -> throw new IllegalArgumentException("must be drf or random");
    };
  }

  private static DomainInfo domain(String text) {
    String json = text.strip();
    try {
      if (!json.startsWith("{")) {
        json = Files.readString(Path.of(json.replaceFirst("^file://", "")));
      }
      return MesosJson.parse(json, DomainInfo.newBuilder()).build();
    } catch (IOException | InvalidMessageException e) {
      throw new IllegalArgumentException(
          "must be {\"fault_domain\":{\"region\":{\"name\":...},\"zone\":{\"name\":...}}} or a file"
              + " of it: "
              + e.getMessage(),
          e);
    }
  }
}

package io.mesocosm.master;

import io.mesocosm.runtime.Durations;
import io.mesocosm.runtime.Flag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The master's flags: names and defaults of Mesos (contracts/mesos-operator-api.md §11) but where a
 * comment says otherwise. Only flags that have an effect are listed: any other is refused.
 */
public final class MasterFlags {
  public static final Flag<String> IP =
      Flag.text("ip", "0.0.0.0", "the address to listen on; 0.0.0.0 for all");
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
          "how long after this master's start agents of an earlier one may take to come back, before"
              + " their tasks are called unknown");

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

  /** Ours. */
  public static final Flag<Integer> BODY_BYTES_MAX =
      Flag.integer(
          "body_bytes_max",
          64 * 1024 * 1024,
          1024,
          Integer.MAX_VALUE,
          "the largest request body, in bytes; larger ones are answered 413");

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
      List.of(
          IP,
          PORT,
          HOSTNAME,
          WORK_DIR,
          CLUSTER,
          AGENT_PING_TIMEOUT,
          MAX_AGENT_PING_TIMEOUTS,
          AGENT_REREGISTER_TIMEOUT,
          ALLOCATION_INTERVAL,
          OFFER_TIMEOUT,
          MAX_COMPLETED_FRAMEWORKS,
          MAX_COMPLETED_TASKS_PER_FRAMEWORK,
          BODY_BYTES_MAX,
          COMMANDS_WAITING_MAX);

  /** Prefixes of environment variables that flags are read from, in order of precedence. */
  public static final List<String> ENVIRONMENT_PREFIXES = List.of("COSM_", "MESOS_");

  private MasterFlags() {}
}

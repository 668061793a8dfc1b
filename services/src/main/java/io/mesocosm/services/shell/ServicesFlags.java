package io.mesocosm.services.shell;

import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.security.SecurityFlags;
import io.mesocosm.http.security.SecurityTexts;
import io.mesocosm.model.access.Credential;
import io.mesocosm.runtime.Flag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The flags of the services scheduler: names and defaults of Marathon (contracts/marathon-api.md
 * §17). Only flags that have an effect are listed: any other is refused.
 */
public final class ServicesFlags {
  private static final int MILLIS_MAX = Integer.MAX_VALUE;

  public static final Flag<String> HTTP_ADDRESS =
      Flag.text(
          "http_address",
          "127.0.0.1",
          "the address to listen on; 0.0.0.0 for all, which takes authentication or --insecure");
  public static final Flag<Integer> HTTP_PORT =
      Flag.port("http_port", 8080, "the port to listen on; 0 for any that is free");
  public static final Flag<String> HOSTNAME =
      Flag.optionalText("hostname", "the name that clients and the master reach this process by");
  public static final Flag<String> WEBUI_URL =
      Flag.optionalText("webui_url", "where the master's console links to for this framework");
  public static final Flag<MasterPlace> MASTER =
      new Flag<>(
          "master",
          MasterPlace::parse,
          Optional.empty(),
          true,
          "the masters: host:port, or several of them, separated by commas;"
              + " zk://[user:password@]host:port,…/path, or file://PATH of a file of that");
  public static final Flag<String> ZK =
      Flag.text("zk", "zk://localhost:2181/marathon", "where state is kept: zk://host:port,…/path");
  public static final Flag<Integer> ZK_SESSION_TIMEOUT =
      Flag.integer(
          "zk_session_timeout",
          10_000,
          100,
          MILLIS_MAX,
          "how many milliseconds after its last sign of life a scheduler is taken for dead, and"
              + " another leads");
  public static final Flag<Boolean> HA =
      Flag.bool(
          "ha",
          true,
          "whether this is one of several schedulers of the same --zk, of which one leads; if not,"
              + " it leads at once, and must be the only one");
  public static final Flag<Integer> LEADER_PROXY_CONNECTION_TIMEOUT =
      Flag.integer(
          "leader_proxy_connection_timeout",
          5000,
          1,
          MILLIS_MAX,
          "how many milliseconds a scheduler that does not lead tries to connect to the one that"
              + " does, to pass a request on");
  public static final Flag<Integer> LEADER_PROXY_READ_TIMEOUT =
      Flag.integer(
          "leader_proxy_read_timeout",
          10_000,
          1,
          MILLIS_MAX,
          "how many milliseconds it then waits for the answer");
  public static final Flag<Integer> ZK_MAX_VERSIONS =
      Flag.integer("zk_max_versions", 50, 1, 10_000, "how many definitions of an app are kept");
  public static final Flag<String> FRAMEWORK_NAME =
      Flag.text("framework_name", "marathon", "the name of this framework, as the master shows it");
  public static final Flag<Integer> FAILOVER_TIMEOUT =
      Flag.integer(
          "failover_timeout",
          604_800,
          0,
          Integer.MAX_VALUE,
          "for how many seconds the master keeps our tasks while we are away");
  public static final Flag<Boolean> CHECKPOINT =
      Flag.bool("checkpoint", true, "whether tasks survive a restart of their agent");
  public static final Flag<String> MESOS_ROLE =
      Flag.text("mesos_role", "*", "the role of apps that name none");
  public static final Flag<String> MESOS_USER =
      Flag.optionalText("mesos_user", "the user of tasks of apps that name none; by default ours");
  public static final Flag<String> MESOS_AUTHENTICATION_PRINCIPAL =
      Flag.optionalText("mesos_authentication_principal", "the principal of this framework");
  public static final Flag<String> MESOS_AUTHENTICATION_SECRET_FILE =
      new Flag<>(
          "mesos_authentication_secret_file",
          SecurityTexts::secret,
          Optional.empty(),
          false,
          "a file with the secret of that principal");
  public static final Flag<Boolean> MESOS_AUTHENTICATION =
      Flag.bool(
          "mesos_authentication",
          false,
          "insist on a principal and its secret; both are shown to the master whenever given");

  /** Read by {@link #credential}, so that no message shows what it holds. */
  public static final Flag<String> HTTP_CREDENTIALS =
      Flag.optionalText(
          "http_credentials",
          "user:password that users of the API must show (HTTP Basic), or the path of a file of"
              + " it, which no list of processes shows");

  public static final Flag<Integer> LOCAL_PORT_MIN =
      Flag.integer("local_port_min", 10_000, 1, 65_535, "the first service port to give out");
  public static final Flag<Integer> LOCAL_PORT_MAX =
      Flag.integer("local_port_max", 20_000, 1, 65_535, "the last service port to give out");
  public static final Flag<Integer> DECLINE_OFFER_DURATION =
      Flag.integer(
          "decline_offer_duration",
          120_000,
          0,
          MILLIS_MAX,
          "for how many milliseconds an offer that fits nothing is not to come again");
  public static final Flag<Integer> MIN_REVIVE_OFFERS_INTERVAL =
      Flag.integer(
          "min_revive_offers_interval",
          5000,
          0,
          MILLIS_MAX,
          "how many milliseconds lie at least between two calls for offers");
  public static final Flag<Integer> MAX_INSTANCES_PER_OFFER =
      Flag.integer(
          "max_instances_per_offer", 5, 1, 10_000, "how many instances one offer is used for");
  public static final Flag<Integer> TASK_LAUNCH_TIMEOUT =
      Flag.integer(
          "task_launch_timeout",
          300_000,
          1,
          MILLIS_MAX,
          "after how many milliseconds a task that does not run is ended");
  public static final Flag<Integer> KILL_RETRY_TIMEOUT =
      Flag.integer(
          "kill_retry_timeout",
          30_000,
          1,
          MILLIS_MAX,
          "after how many milliseconds a kill is sent again");
  public static final Flag<Integer> RECONCILIATION_INTERVAL =
      Flag.integer(
          "reconciliation_interval",
          600_000,
          1,
          MILLIS_MAX,
          "how many milliseconds lie between two comparisons with the master's view");
  public static final Flag<Integer> MAX_RUNNING_DEPLOYMENTS =
      Flag.integer("max_running_deployments", 100, 1, 100_000, "how many deployments may run");
  public static final Flag<Integer> MAX_CONCURRENT_MARATHON_HEALTH_CHECKS =
      Flag.integer(
          "max_concurrent_marathon_health_checks",
          256,
          1,
          100_000,
          "how many health checks of ours may be under way at once");
  public static final Flag<String> ENV_VARS_PREFIX =
      Flag.text("env_vars_prefix", "", "goes before the names of HOST and PORT variables");
  public static final Flag<Boolean> GPU_RESOURCES =
      new Flag<>(
          "enable_features",
          ServicesFlags::gpuResources,
          Optional.of(""),
          false,
          "any of vips, task_killing, gpu_resources, separated by commas");

  /** Ours: Marathon has a limit for each of its actors. */
  public static final Flag<Integer> COMMANDS_WAITING_MAX =
      Flag.integer(
          "commands_waiting_max",
          10_000,
          100,
          1_000_000,
          "how many requests and events may wait; those beyond are slowed down");

  /** Every flag, in the order of {@code --help}. */
  public static final List<Flag<?>> ALL =
      and(
          HttpFlags.ALL,
          SecurityFlags.OTHERS,
          MASTER,
          ZK,
          ZK_SESSION_TIMEOUT,
          HA,
          LEADER_PROXY_CONNECTION_TIMEOUT,
          LEADER_PROXY_READ_TIMEOUT,
          HTTP_ADDRESS,
          HTTP_PORT,
          HOSTNAME,
          WEBUI_URL,
          FRAMEWORK_NAME,
          FAILOVER_TIMEOUT,
          CHECKPOINT,
          MESOS_ROLE,
          MESOS_USER,
          MESOS_AUTHENTICATION,
          MESOS_AUTHENTICATION_PRINCIPAL,
          MESOS_AUTHENTICATION_SECRET_FILE,
          HTTP_CREDENTIALS,
          LOCAL_PORT_MIN,
          LOCAL_PORT_MAX,
          DECLINE_OFFER_DURATION,
          MIN_REVIVE_OFFERS_INTERVAL,
          MAX_INSTANCES_PER_OFFER,
          TASK_LAUNCH_TIMEOUT,
          KILL_RETRY_TIMEOUT,
          RECONCILIATION_INTERVAL,
          MAX_RUNNING_DEPLOYMENTS,
          MAX_CONCURRENT_MARATHON_HEALTH_CHECKS,
          ZK_MAX_VERSIONS,
          ENV_VARS_PREFIX,
          GPU_RESOURCES,
          COMMANDS_WAITING_MAX);

  /** Where flags are looked for in the environment, in order of precedence. */
  public static final List<String> ENVIRONMENT_PREFIXES =
      List.of("COSM_", "MARATHON_CMD_", "MARATHON_");

  private ServicesFlags() {}

  private static List<Flag<?>> and(List<Flag<?>> limits, List<Flag<?>> access, Flag<?>... own) {
    List<Flag<?>> all = new ArrayList<>(List.of(own));
    all.addAll(access);
    all.addAll(limits);
    return List.copyOf(all);
  }

  /**
   * What {@link #HTTP_CREDENTIALS} says. A name with a colon in it is no path, unless it begins
   * like one.
   *
   * @throws IllegalArgumentException in one line, without the text: it may be a password
   */
  static Credential credential(String text) {
    boolean isFile = text.startsWith("/") || text.startsWith("file://") || text.indexOf(':') < 0;
    String expected = "--http_credentials is not valid: expected user:password, or a file of that";
    String pair;
    try {
      pair = isFile ? SecurityTexts.secret(text) : text;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(expected, e);
    }
    int colon = pair.indexOf(':');
    if (colon <= 0 || colon == pair.length() - 1) {
      throw new IllegalArgumentException(expected);
    }
    return new Credential(pair.substring(0, colon), pair.substring(colon + 1));
  }

  private static boolean gpuResources(String text) {
    boolean gpus = false;
    for (String feature : text.split(",", -1)) {
      switch (feature.strip()) {
        case "", "vips", "task_killing" -> {
          // always on
        }
        case "gpu_resources" -> gpus = true;
        default ->
            throw new IllegalArgumentException(
                "any of vips, task_killing, gpu_resources; "
                    + feature.strip()
                    + " is not supported yet");
      }
    }
    return gpus;
  }
}

package io.mesocosm.services.shell;

import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.security.SecurityFlags;
import io.mesocosm.http.security.SecurityTexts;
import io.mesocosm.model.access.Credential;
import io.mesocosm.runtime.Flag;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The flags of the services scheduler: names and defaults of Marathon (contracts/marathon-api.md
 * §17). What concerns the API is in {@code ApiFlags}, what the core does in {@code
 * SchedulingFlags}, what has no effect in {@link InertFlags}; any other flag is refused.
 */
public final class ServicesFlags {
  private static final int MILLIS_MAX = Integer.MAX_VALUE;

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
  static final Flag<Boolean> DISABLE_HA = Flag.bool("disable_ha", false, "the opposite of --ha");
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
  static final Flag<Boolean> DISABLE_CHECKPOINT =
      Flag.bool("disable_checkpoint", false, "the opposite of --checkpoint");
  public static final Flag<String> MESOS_ROLE =
      Flag.text("mesos_role", "*", "the role of apps that name none");
  public static final Flag<String> MESOS_USER =
      Flag.optionalText("mesos_user", "the user of tasks of apps that name none; by default ours");
  public static final Flag<String> MESOS_AUTHENTICATION_PRINCIPAL =
      Flag.optionalText("mesos_authentication_principal", "the principal of this framework");

  /** Better in a file: a list of processes shows this one. */
  static final Flag<String> MESOS_AUTHENTICATION_SECRET =
      Flag.optionalText(
          "mesos_authentication_secret",
          "the secret of that principal; better in the environment, or a file of it");

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

  public static final Flag<Integer> LOCAL_PORT_MIN =
      Flag.integer("local_port_min", 10_000, 1, 65_535, "the first service port to give out");
  public static final Flag<Integer> LOCAL_PORT_MAX =
      Flag.integer("local_port_max", 20_000, 1, 65_535, "the last service port to give out");
  public static final Flag<Integer> MAX_CONCURRENT_MARATHON_HEALTH_CHECKS =
      Flag.integer(
          "max_concurrent_marathon_health_checks",
          256,
          1,
          100_000,
          "how many health checks of ours may be under way at once");
  public static final Flag<String> ENV_VARS_PREFIX =
      Flag.text("env_vars_prefix", "", "goes before the names of HOST and PORT variables");

  static final Flag<String> DEFAULT_NETWORK_NAME =
      Flag.optionalText(
          "default_network_name", "the network of apps whose container network has no name");
  static final Flag<String> MESOS_BRIDGE_NAME =
      Flag.text(
          "mesos_bridge_name",
          "mesos-bridge",
          "the network that bridge stands for where the agent is the container's engine");
  static final Flag<String> MESOS_LEADER_UI_URL =
      Flag.optionalText(
          "mesos_leader_ui_url", "where people find the console of the master, as /v2/info says");
  static final Flag<SortedSet<Feature>> ENABLE_FEATURES =
      new Flag<>(
          "enable_features",
          ServicesFlags::features,
          Optional.of(""),
          false,
          "any of " + featureNames() + ", separated by commas");

  /** Ours: Marathon has a limit for each of its actors. */
  public static final Flag<Integer> COMMANDS_WAITING_MAX =
      Flag.integer(
          "commands_waiting_max",
          10_000,
          100,
          1_000_000,
          "how many requests and events may wait; those beyond are slowed down");

  private static final List<Flag<?>> OWN =
      List.of(
          MASTER,
          ZK,
          ZK_SESSION_TIMEOUT,
          HA,
          DISABLE_HA,
          LEADER_PROXY_CONNECTION_TIMEOUT,
          LEADER_PROXY_READ_TIMEOUT,
          HOSTNAME,
          WEBUI_URL,
          FRAMEWORK_NAME,
          FAILOVER_TIMEOUT,
          CHECKPOINT,
          DISABLE_CHECKPOINT,
          MESOS_ROLE,
          MESOS_USER,
          MESOS_AUTHENTICATION,
          MESOS_AUTHENTICATION_PRINCIPAL,
          MESOS_AUTHENTICATION_SECRET,
          MESOS_AUTHENTICATION_SECRET_FILE,
          MESOS_LEADER_UI_URL,
          LOCAL_PORT_MIN,
          LOCAL_PORT_MAX,
          MAX_CONCURRENT_MARATHON_HEALTH_CHECKS,
          ZK_MAX_VERSIONS,
          ENV_VARS_PREFIX,
          DEFAULT_NETWORK_NAME,
          MESOS_BRIDGE_NAME,
          ENABLE_FEATURES,
          COMMANDS_WAITING_MAX);

  /** Every flag, in the order of {@code --help}; those without effect last. */
  public static final List<Flag<?>> ALL =
      Stream.of(
              OWN,
              ApiFlags.ALL,
              SchedulingFlags.ALL,
              SecurityFlags.OTHERS,
              HttpFlags.ALL,
              InertFlags.flags())
          .<Flag<?>>flatMap(List::stream)
          .toList();

  /** Where flags are looked for in the environment, in order of precedence. */
  public static final List<String> ENVIRONMENT_PREFIXES =
      List.of("COSM_", "MARATHON_CMD_", "MARATHON_");

  private ServicesFlags() {}

  /**
   * What {@link ApiFlags#HTTP_CREDENTIALS} says. A name with a colon in it is no path, unless it
   * begins like one.
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

  /** As flags spell the names of an enum. */
  static String lowerCase(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  private static String featureNames() {
    return Arrays.stream(Feature.values())
        .map(ServicesFlags::lowerCase)
        .collect(Collectors.joining(", "));
  }

  private static SortedSet<Feature> features(String text) {
    SortedSet<Feature> features = new TreeSet<>();
    for (String name : text.split(",", -1)) {
      if (!name.isBlank()) {
        features.add(
            Arrays.stream(Feature.values())
                .filter(feature -> lowerCase(feature).equals(name.strip()))
                .findFirst()
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "any of " + featureNames() + "; there is no " + name.strip())));
      }
    }
    return features;
  }
}

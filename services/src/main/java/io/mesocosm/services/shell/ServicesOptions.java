package io.mesocosm.services.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.model.access.Credential;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesConfigBuilder;
import io.mesocosm.services.api.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How one services scheduler is to run; {@link ServicesFlags} says what each part means.
 *
 * @param api where and how it is served
 * @param masters where they are
 * @param ha how others stand in for this one
 * @param config of the core
 * @param masterCredential what is shown to the master
 * @param settings every flag that has a value, as {@code /config} shows them: without secrets
 * @param warnings of flags that are given and have no effect
 */
public record ServicesOptions(
    ApiOptions api,
    MasterPlace masters,
    String zk,
    HighAvailability ha,
    ServicesConfig config,
    int probesMax,
    int commandsWaitingMax,
    SecurityOptions security,
    Optional<Credential> masterCredential,
    Settings settings,
    List<String> warnings) {
  /** Shown instead of a secret. */
  private static final String KEPT = "***";

  public ServicesOptions {
    warnings = List.copyOf(warnings);
  }

  /**
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  public static ServicesOptions from(Flags flags) {
    ApiOptions api = ApiOptions.from(flags);
    ServicesConfig config = config(flags);
    return new ServicesOptions(
        api,
        flags.get(ServicesFlags.MASTER),
        flags.get(ServicesFlags.ZK),
        HighAvailability.from(flags),
        config,
        flags.get(ServicesFlags.MAX_CONCURRENT_MARATHON_HEALTH_CHECKS),
        flags.get(ServicesFlags.COMMANDS_WAITING_MAX),
        SecurityOptions.other(
            flags,
            api.credential().isPresent() ? List.of() : List.of(ApiFlags.HTTP_CREDENTIALS.name())),
        masterCredential(flags),
        settings(flags, api, config),
        InertFlags.warnings(flags));
  }

  private static Settings settings(Flags flags, ApiOptions api, ServicesConfig config) {
    SortedMap<String, String> texts = new TreeMap<>(flags.texts());
    api.credential()
        .ifPresent(credential ->
            texts.put(ApiFlags.HTTP_CREDENTIALS.name(), credential.principal() + ":" + KEPT));
    for (Flag<String> secret :
        List.of(ApiFlags.SSL_KEYSTORE_PASSWORD, ServicesFlags.MESOS_AUTHENTICATION_SECRET)) {
      texts.computeIfPresent(secret.name(), (_, _) -> KEPT);
    }
    api.alerts().ifPresent(hook -> texts.put(ApiFlags.ALERT_WEBHOOK.name(), hook.toString()));
    texts.put(ServicesFlags.ZK.name(), withoutPassword(flags.get(ServicesFlags.ZK)));
    if (flags.get(ServicesFlags.MASTER) instanceof MasterPlace.Elected elected) {
      texts.put(ServicesFlags.MASTER.name(), elected.address().toString());
    }
    SortedMap<String, JsonNode> values = new TreeMap<>();
    for (Flag<?> flag : ServicesFlags.ALL) {
      String text = texts.get(flag.name());
      if (text != null) {
        values.put(flag.name(), json(flags.find(flag).orElseThrow(), text));
      }
    }
    // What they come to is more to the point than what was asked for.
    values.put(ServicesFlags.HOSTNAME.name(), TextNode.valueOf(config.hostname()));
    values.put(ServicesFlags.MESOS_USER.name(), TextNode.valueOf(config.user()));
    values.put(ServicesFlags.CHECKPOINT.name(), BooleanNode.valueOf(config.checkpoint()));
    values.put(
        ServicesFlags.HA.name(), BooleanNode.valueOf(HighAvailability.from(flags).enabled()));
    values.put(
        SchedulingFlags.MAINTENANCE_MODE.name(), BooleanNode.valueOf(config.maintenanceMode()));
    values.put(ApiFlags.HTTP_COMPRESSION.name(), BooleanNode.valueOf(api.compresses()));
    return new Settings(values);
  }

  private static JsonNode json(Object value, String text) {
    return switch (value) {
      case Boolean truth -> BooleanNode.valueOf(truth);
      case Integer number -> IntNode.valueOf(number);
      case Collection<?> several -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        several.forEach(each ->
            array.add(each instanceof Enum<?> word ? ServicesFlags.lowerCase(word) : "" + each));
        yield array;
      }
      default -> TextNode.valueOf(text);
    };
  }

  private static String withoutPassword(String zooKeeper) {
    try {
      return ZooKeeperAddress.parse(zooKeeper).toString();
    } catch (IllegalArgumentException e) {
      // The text itself may hold a password, too.
      throw new IllegalArgumentException("--zk is not valid: expected " + e.getMessage(), e);
    }
  }

  /** Marathon asks for its switch, too; who gives a secret wants it used, we find. */
  private static Optional<Credential> masterCredential(Flags flags) {
    Optional<String> principal = flags.find(ServicesFlags.MESOS_AUTHENTICATION_PRINCIPAL);
    Optional<String> secret =
        flags
            .find(ServicesFlags.MESOS_AUTHENTICATION_SECRET_FILE)
            .or(() -> flags.find(ServicesFlags.MESOS_AUTHENTICATION_SECRET));
    boolean insists = flags.get(ServicesFlags.MESOS_AUTHENTICATION);
    if (principal.isEmpty() && secret.isPresent()
        || insists && (principal.isEmpty() || secret.isEmpty())) {
      throw new IllegalArgumentException(
          "--mesos_authentication needs --mesos_authentication_principal and"
              + " --mesos_authentication_secret_file");
    }
    return principal.flatMap(name -> secret.map(value -> new Credential(name, value)));
  }

  /** Why the API must not be served where it is to be, if so: exit code 2. */
  public Optional<String> refusalToListen() {
    return api.bindAddresses().stream()
        .flatMap(address -> SecurityOptions.refusalToListen(address, security).stream())
        .findFirst();
  }

  /**
   * What is shown to the master.
   *
   * @param tls our own, if there is one
   */
  ClientAccess masterAccess(Optional<Tls> tls) {
    ClientAccess transport = security.clientAccess(tls);
    ClientAccess shown = masterCredential.map(ClientAccess::basic).orElse(ClientAccess.ANONYMOUS);
    return transport.tls().map(shown::withTls).orElse(shown);
  }

  /** Finds the master that leads. */
  MasterLocator locator(ClientAccess access) {
    return masters.locator(ha.sessionTimeout(), access.tls().isPresent());
  }

  /** Where this scheduler contends for the leadership, if it has rivals at all. */
  Optional<Contest> contest() {
    return ha.enabled() ? Optional.of(ha.contest(ZooKeeperAddress.parse(zk))) : Optional.empty();
  }

  /** For what is passed on to a leader that speaks TLS as we do; without a credential of ours. */
  ClientAccess leaderAccess(Optional<Tls> tls) {
    if (ha.anyHostname()) {
      return ClientAccess.ANONYMOUS.withTls(AnyHostname.context(security.tlsAuthorities()));
    }
    return security.clientAccess(tls);
  }

  /**
   * Options from arguments alone, e.g. {@code --master=localhost:5050}.
   *
   * @throws Flags.InvalidFlagsException naming every bad flag
   */
  public static ServicesOptions parse(List<String> arguments) {
    return from(Flags.parse(ServicesFlags.ALL, arguments, Map.of(), List.of()));
  }

  private static ServicesConfig config(Flags flags) {
    ServicesConfigBuilder config =
        new ServicesConfigBuilder()
            .frameworkName(flags.get(ServicesFlags.FRAMEWORK_NAME))
            .user(
                flags
                    .find(ServicesFlags.MESOS_USER)
                    .orElse(System.getProperty("user.name", "root")))
            .role(flags.get(ServicesFlags.MESOS_ROLE))
            .hostname(flags.find(ServicesFlags.HOSTNAME).orElseGet(ServicesOptions::ownHostname))
            .webUi(flags.find(ServicesFlags.WEBUI_URL))
            .principal(flags.find(ServicesFlags.MESOS_AUTHENTICATION_PRINCIPAL))
            .failoverTimeout(Duration.ofSeconds(flags.get(ServicesFlags.FAILOVER_TIMEOUT)))
            .checkpoint(
                flags.get(ServicesFlags.CHECKPOINT) && !flags.get(ServicesFlags.DISABLE_CHECKPOINT))
            .gpus(flags.get(ServicesFlags.ENABLE_FEATURES).contains(Feature.GPU_RESOURCES))
            .defaultNetwork(flags.find(ServicesFlags.DEFAULT_NETWORK_NAME))
            .bridgeName(flags.get(ServicesFlags.MESOS_BRIDGE_NAME))
            .environmentPrefix(flags.get(ServicesFlags.ENV_VARS_PREFIX))
            .servicePortMin(flags.get(ServicesFlags.LOCAL_PORT_MIN))
            .servicePortMax(flags.get(ServicesFlags.LOCAL_PORT_MAX))
            .versionsMax(flags.get(ServicesFlags.ZK_MAX_VERSIONS));
    return SchedulingFlags.into(config, flags).build();
  }

  private static String ownHostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A machine that cannot resolve its own name still has the loopback.
      return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
    }
  }

  /** Of this process's own addresses. */
  String scheme() {
    return security.tlsFiles().isPresent() || !api.listensPlainly() ? "https" : "http";
  }

  /** The core's settings, once the port is known: people are sent to it unless told otherwise. */
  ServicesConfig configServedAt(int port) {
    return config
        .but()
        .webUi(
            config.webUi().or(() -> Optional.of(scheme() + "://" + config.hostname() + ":" + port)))
        .build();
  }
}

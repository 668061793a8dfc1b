package io.mesocosm.services.shell;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.model.access.Credential;
import io.mesocosm.runtime.Flags;
import io.mesocosm.services.ServicesConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How one services scheduler is to run; {@link ServicesFlags} says what each part means.
 *
 * @param http where to listen, and the limits of that
 * @param masters where they are
 * @param ha how others stand in for this one
 * @param config of the core
 * @param apiCredential what users of the API must show; anyone may use it without
 * @param masterCredential what is shown to the master
 * @param flagTexts every flag by name, as {@code /v2/info} shows them: without secrets
 */
public record ServicesOptions(
    HttpServerOptions http,
    MasterPlace masters,
    String zk,
    HighAvailability ha,
    ServicesConfig config,
    int probesMax,
    int commandsWaitingMax,
    SecurityOptions security,
    Optional<Credential> apiCredential,
    Optional<Credential> masterCredential,
    SortedMap<String, String> flagTexts) {
  /** Shown instead of a secret. */
  private static final String KEPT = "***";

  public ServicesOptions {
    flagTexts = Collections.unmodifiableSortedMap(new TreeMap<>(flagTexts));
  }

  /**
   * @throws IllegalArgumentException in one line, if flags contradict each other
   */
  public static ServicesOptions from(Flags flags) {
    Optional<Credential> api =
        flags.find(ServicesFlags.HTTP_CREDENTIALS).map(ServicesFlags::credential);
    SortedMap<String, String> texts = new TreeMap<>(flags.texts());
    api.ifPresent(credential ->
        texts.put(ServicesFlags.HTTP_CREDENTIALS.name(), credential.principal() + ":" + KEPT));
    texts.put(ServicesFlags.ZK.name(), withoutPassword(flags.get(ServicesFlags.ZK)));
    if (flags.get(ServicesFlags.MASTER) instanceof MasterPlace.Elected elected) {
      texts.put(ServicesFlags.MASTER.name(), elected.address().toString());
    }
    return new ServicesOptions(
        HttpFlags.options(
            flags,
            "services-http",
            flags.get(ServicesFlags.HTTP_ADDRESS),
            flags.get(ServicesFlags.HTTP_PORT)),
        flags.get(ServicesFlags.MASTER),
        flags.get(ServicesFlags.ZK),
        HighAvailability.from(flags),
        config(flags),
        flags.get(ServicesFlags.MAX_CONCURRENT_MARATHON_HEALTH_CHECKS),
        flags.get(ServicesFlags.COMMANDS_WAITING_MAX),
        SecurityOptions.other(
            flags, api.isPresent() ? List.of() : List.of(ServicesFlags.HTTP_CREDENTIALS.name())),
        api,
        masterCredential(flags),
        texts);
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
    Optional<String> secret = flags.find(ServicesFlags.MESOS_AUTHENTICATION_SECRET_FILE);
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
    return SecurityOptions.refusalToListen(http.bindAddress(), security);
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
    return new ServicesConfig(
        flags.get(ServicesFlags.FRAMEWORK_NAME),
        flags.find(ServicesFlags.MESOS_USER).orElse(System.getProperty("user.name", "root")),
        flags.get(ServicesFlags.MESOS_ROLE),
        flags.find(ServicesFlags.HOSTNAME).orElseGet(ServicesOptions::ownHostname),
        flags.find(ServicesFlags.WEBUI_URL),
        flags.find(ServicesFlags.MESOS_AUTHENTICATION_PRINCIPAL),
        Duration.ofSeconds(flags.get(ServicesFlags.FAILOVER_TIMEOUT)),
        flags.get(ServicesFlags.CHECKPOINT),
        flags.get(ServicesFlags.LOCAL_PORT_MIN),
        flags.get(ServicesFlags.LOCAL_PORT_MAX),
        Duration.ofMillis(flags.get(ServicesFlags.DECLINE_OFFER_DURATION)),
        Duration.ofMillis(flags.get(ServicesFlags.MIN_REVIVE_OFFERS_INTERVAL)),
        flags.get(ServicesFlags.MAX_INSTANCES_PER_OFFER),
        Duration.ofMillis(flags.get(ServicesFlags.TASK_LAUNCH_TIMEOUT)),
        Duration.ofMillis(flags.get(ServicesFlags.KILL_RETRY_TIMEOUT)),
        Duration.ofMillis(flags.get(ServicesFlags.RECONCILIATION_INTERVAL)),
        flags.get(ServicesFlags.MAX_RUNNING_DEPLOYMENTS),
        flags.get(ServicesFlags.ZK_MAX_VERSIONS),
        flags.get(ServicesFlags.ENV_VARS_PREFIX),
        flags.get(ServicesFlags.GPU_RESOURCES),
        ServicesConfig.defaults().bridgeName());
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
    return security.tlsFiles().isPresent() ? "https" : "http";
  }

  /** The core's settings, once the port is known: people are sent to it unless told otherwise. */
  ServicesConfig configServedAt(int port) {
    return new ServicesConfig(
        config.frameworkName(),
        config.user(),
        config.role(),
        config.hostname(),
        config.webUi().or(() -> Optional.of(scheme() + "://" + config.hostname() + ":" + port)),
        config.principal(),
        config.failoverTimeout(),
        config.checkpoint(),
        config.servicePortMin(),
        config.servicePortMax(),
        config.declineDuration(),
        config.reviveIntervalMin(),
        config.instancesPerOfferMax(),
        config.launchTimeout(),
        config.killRetryInterval(),
        config.reconciliationInterval(),
        config.deploymentsMax(),
        config.versionsMax(),
        config.environmentPrefix(),
        config.gpus(),
        config.bridgeName());
  }
}

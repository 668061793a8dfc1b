package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The flags of Marathon that are accepted and have no effect, and why: the one table that the
 * documentation and the log are written from.
 */
public final class InertFlags {
  private static final System.Logger LOG = System.getLogger(InertFlags.class.getName());

  private static final String ONE_THREAD =
      "there are no actors that ask each other: one thread decides, and a request waits 30 s for it";
  private static final String ONE_QUEUE =
      "there is one queue for everything, whose limit is --commands_waiting_max";
  private static final String NO_PLUGINS = "there are no plugins";
  private static final String OWN_RECORDS =
      "records are written one an entity, uncompressed, in a format of our own";
  private static final String OWN_SESSION =
      "a call to ZooKeeper has a limit of its own, and is tried again until the session's end";
  private static final String OWN_METRICS =
      "metrics are fetched, not sent: --metrics_prometheus and /metrics have them";
  private static final String NO_BATCHES =
      "a kill is sent as soon as it is decided; --kill_retry_timeout says when again";
  private static final String OFFERS_CALLED_OFF =
      "offers are called off whenever nothing waits for any";
  private static final String NO_TOKENS = "a launch does not wait for others to be confirmed";
  private static final String SCALE_AT_ONCE =
      "whether an app has its instances is looked at after every change";
  private static final String OWN_TIMERS = "each unreachable instance has a timer of its own";
  private static final String LOGS = "logs go to standard error, for the supervisor to pass on";

  /**
   * @param reason one clause, no period
   */
  public record Inert(Flag<?> flag, String reason) {
    private static <T> Inert of(Flag<T> flag, String reason) {
      String help = "no effect: " + reason;
      return new Inert(
          new Flag<>(flag.name(), flag.parser(), flag.fallback(), flag.required(), help), reason);
    }
  }

  /** All of them, by what they are about. */
  public static final List<Inert> ALL =
      List.of(
          millis("group_manager_request_timeout", 10_000, ONE_THREAD),
          millis("deployment_manager_request_timeout", 1000, ONE_THREAD),
          millis("launch_queue_request_timeout", 3000, ONE_THREAD),
          millis("task_operation_notification_timeout", 30_000, ONE_THREAD),
          millis("task_tracker_request_timeout", 10_000, ONE_THREAD),
          millis("task_update_request_timeout", 10_000, ONE_THREAD),
          millis("max_actor_startup_time", 10_000, ONE_THREAD),
          millis(
              "on_elected_prepare_timeout",
              180_000,
              "who is elected and cannot read its state lets another try, at once"),
          number("instance_tracker_num_parallel_updates", 16, ONE_THREAD),
          number("instance_tracker_num_parallel_loads", 16, ONE_THREAD),
          number("instance_tracker_update_queue_size", 4096, ONE_QUEUE),
          number("max_parallel_offers", 8, ONE_THREAD),
          number("max_queued_offers", 1024, ONE_QUEUE),
          number("max_parallel_status_updates", 20, ONE_THREAD),
          number("max_queued_status_updates", 10_000, ONE_QUEUE),
          number("max_queued_root_group_updates", 500, ONE_QUEUE),
          millis(
              "offer_matching_timeout",
              3000,
              "an offer is answered as soon as it has been looked at, without waiting"),
          number("killsPerBatch", 100, NO_BATCHES),
          millis("killBatchDuration", 10_000, NO_BATCHES),
          number("kill_chunk_size", 100, NO_BATCHES),
          Inert.of(Flag.bool("suppress_offers", true, ""), OFFERS_CALLED_OFF),
          Inert.of(Flag.bool("disable_suppress_offers", false, ""), OFFERS_CALLED_OFF),
          number("launch_tokens", 100, NO_TOKENS),
          millis("launch_token_refresh_interval", 30_000, NO_TOKENS),
          millis(
              "task_launch_confirm_timeout",
              300_000,
              "--task_launch_timeout is for all of the time from a launch to a task that runs"),
          millis(
              "reconciliation_initial_delay",
              15_000,
              "it compares with the master's view as soon as it has subscribed"),
          millis("scale_apps_initial_delay", 15_000, SCALE_AT_ONCE),
          millis("scale_apps_interval", 300_000, SCALE_AT_ONCE),
          millis("task_lost_expunge_initial_delay", 300_000, OWN_TIMERS),
          millis("task_lost_expunge_interval", 30_000, OWN_TIMERS),
          Inert.of(
              Flag.text("executor", "//cmd", ""),
              "an app that is not for the agent's own executor names its executor itself"),
          Inert.of(
              new Flag<>(
                  "default_accepted_resource_roles",
                  InertFlags::roles,
                  Optional.empty(),
                  false,
                  ""),
              "--accepted_resource_roles_default_behavior has taken its place"),
          Inert.of(
              Flag.bool("mesos_offer_constraints", false, ""),
              "constraints are weighed here, where refusals are explained, not in the master"),
          millis(
              "min_mesos_offer_constraints_update_interval",
              1000,
              "constraints are not sent to the master"),
          millis(
              "mesos_heartbeat_interval",
              15_000,
              "the master says when it subscribes us how often it sends heartbeats"),
          number(
              "mesos_heartbeat_failure_threshold",
              5,
              "how many heartbeats may be missing is settled in the client library"),
          Inert.of(
              new Flag<>(
                  "leader_election_backend",
                  text -> {
                    if (text.strip().equals("curator")) {
                      return "curator";
                    }
                    throw new IllegalArgumentException("curator, for there is no other");
                  },
                  Optional.of("curator"),
                  false,
                  ""),
              "there is one way to elect a leader"),
          millis("zk_timeout", 10_000, OWN_SESSION),
          millis("zk_connection_timeout", 10_000, OWN_SESSION),
          number("zk_operation_max_retries", 5, OWN_SESSION),
          millis("zk_operation_base_retry_sleep_ms", 10, OWN_SESSION),
          Inert.of(Flag.bool("zk_compression", true, ""), OWN_RECORDS),
          number("zk_compression_threshold", 65_536, OWN_RECORDS),
          number("zk_max_node_size", 1_024_000, OWN_RECORDS),
          Inert.of(Flag.bool("store_cache", true, ""), "all state is in memory while it leads"),
          text("backup_location", "ZooKeeper's own backups hold all state"),
          millis(
              "graceful_shutdown_timeout",
              45_000,
              "requests under way get 2 s, and tasks go on in any case"),
          text("plugin_dir", NO_PLUGINS),
          text("plugin_conf", NO_PLUGINS),
          text("assets_path", "the console, once there is one, comes with the program"),
          text("logstash", LOGS),
          text("sentry", LOGS),
          text("sentry_tags", LOGS),
          Inert.of(Flag.bool("metrics_statsd", false, ""), OWN_METRICS),
          Inert.of(Flag.bool("metrics_datadog", false, ""), OWN_METRICS));

  private InertFlags() {}

  /** For the role's own list. */
  static List<Flag<?>> flags() {
    return ALL.stream().<Flag<?>>map(Inert::flag).toList();
  }

  /** Of those that are set to anything but their default, for {@link #warn}. */
  static List<String> warnings(Flags flags) {
    Stream<String> ofFeatures =
        flags.get(ServicesFlags.ENABLE_FEATURES).stream()
            .flatMap(feature ->
                feature.withoutEffect().map(reason -> warning(feature, reason)).stream());
    return Stream.concat(ofFlags(flags), ofFeatures).toList();
  }

  private static String warning(Feature feature, String reason) {
    return "--"
        + ServicesFlags.ENABLE_FEATURES.name()
        + "="
        + ServicesFlags.lowerCase(feature)
        + " has no effect: "
        + reason;
  }

  private static Stream<String> ofFlags(Flags flags) {
    return ALL.stream()
        .filter(inert -> {
          Optional<String> given = Optional.ofNullable(flags.texts().get(inert.flag().name()));
          return given.isPresent() && !given.equals(inert.flag().fallback());
        })
        .map(inert -> "--" + inert.flag().name() + " has no effect: " + inert.reason());
  }

  /** Says so, once. */
  static void warn(List<String> warnings) {
    warnings.forEach(warning -> LOG.log(WARNING, warning));
  }

  private static Inert millis(String name, int fallback, String reason) {
    return number(name, fallback, reason);
  }

  private static Inert number(String name, int fallback, String reason) {
    return Inert.of(Flag.integer(name, fallback, 0, Integer.MAX_VALUE, ""), reason);
  }

  private static SortedSet<String> roles(String text) {
    SortedSet<String> roles = new TreeSet<>();
    for (String role : text.split(",", -1)) {
      if (role.isBlank()) {
        throw new IllegalArgumentException("roles, separated by commas, e.g. *,prod");
      }
      roles.add(role.strip());
    }
    return roles;
  }

  private static Inert text(String name, String reason) {
    return Inert.of(Flag.optionalText(name, ""), reason);
  }
}

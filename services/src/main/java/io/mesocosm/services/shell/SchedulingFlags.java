package io.mesocosm.services.shell;

import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.services.ServicesConfig.AcceptedRoles;
import io.mesocosm.services.ServicesConfig.EnforcedRole;
import io.mesocosm.services.ServicesConfig.GpuScheduling;
import io.mesocosm.services.ServicesConfigBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The flags of what the core does: with offers, launches, kills, deployments, and when. */
final class SchedulingFlags {
  static final Flag<Integer> DECLINE_OFFER_DURATION =
      millis(
          "decline_offer_duration",
          120_000,
          "for how many milliseconds an offer that fits nothing is not to come again");
  static final Flag<Integer> MIN_REVIVE_OFFERS_INTERVAL =
      millis(
          "min_revive_offers_interval",
          5000,
          "how many milliseconds lie at least between two calls for offers");
  static final Flag<Boolean> SUPPRESS_OFFERS =
      Flag.bool("suppress_offers", true, "whether offers are called off while nothing waits");
  static final Flag<Boolean> DISABLE_SUPPRESS_OFFERS =
      Flag.bool("disable_suppress_offers", false, "the opposite of --suppress_offers");
  static final Flag<Boolean> MAINTENANCE_MODE =
      Flag.bool("maintenance_mode", true, "whether agents under maintenance get no new instances");
  static final Flag<Boolean> DISABLE_MAINTENANCE_MODE =
      Flag.bool("disable_maintenance_mode", false, "the opposite of --maintenance_mode");
  static final Flag<Integer> DRAINING_SECONDS =
      Flag.integer(
          "draining_seconds",
          0,
          0,
          Integer.MAX_VALUE,
          "how many seconds before its maintenance an agent gets no new instances");
  static final Flag<GpuScheduling> GPU_SCHEDULING_BEHAVIOR =
      word(
          "gpu_scheduling_behavior",
          GpuScheduling.class,
          GpuScheduling.RESTRICTED,
          "whether agents with gpus are kept for apps that ask for gpus");
  static final Flag<AcceptedRoles> ACCEPTED_RESOURCE_ROLES_DEFAULT_BEHAVIOR =
      word(
          "accepted_resource_roles_default_behavior",
          AcceptedRoles.class,
          AcceptedRoles.ANY,
          "which resources apps take that name no roles to accept");
  static final Flag<SortedSet<String>> DEFAULT_ACCEPTED_RESOURCE_ROLES =
      new Flag<>(
          "default_accepted_resource_roles",
          SchedulingFlags::roles,
          Optional.empty(),
          false,
          "older than --accepted_resource_roles_default_behavior, and stronger: roles of"
              + " resources, separated by commas");
  static final Flag<EnforcedRole> NEW_GROUP_ENFORCE_ROLE =
      word(
          "new_group_enforce_role",
          EnforcedRole.class,
          EnforcedRole.OFF,
          "whether apps of new top-level groups must have the group's name as their role");
  static final Flag<Integer> MAX_INSTANCES_PER_OFFER =
      Flag.integer(
          "max_instances_per_offer", 5, 1, 10_000, "how many instances one offer is used for");
  static final Flag<Integer> LAUNCH_TOKENS =
      Flag.integer(
          "launch_tokens",
          100,
          1,
          10_000_000,
          "how many launches may be without their first status update");
  static final Flag<Integer> LAUNCH_TOKEN_REFRESH_INTERVAL =
      millis(
          "launch_token_refresh_interval",
          30_000,
          "after how many milliseconds there are as many launch tokens again");
  static final Flag<Integer> TASK_LAUNCH_TIMEOUT =
      millis(
          "task_launch_timeout",
          300_000,
          "after how many milliseconds a task that does not run is ended");
  static final Flag<Integer> TASK_LAUNCH_CONFIRM_TIMEOUT =
      millis(
          "task_launch_confirm_timeout",
          300_000,
          "after how many milliseconds a launch that nobody confirms is taken for lost");
  static final Flag<Integer> TASK_RESERVATION_TIMEOUT =
      millis(
          "task_reservation_timeout",
          20_000,
          "after how many milliseconds a reservation that no offer shows is made anew");
  static final Flag<Integer> KILL_CHUNK_SIZE =
      Flag.integer("kill_chunk_size", 100, 1, 1_000_000, "how many kills may wait for their end");
  static final Flag<Integer> KILL_RETRY_TIMEOUT =
      millis("kill_retry_timeout", 30_000, "after how many milliseconds a kill is sent again");
  static final Flag<Integer> RECONCILIATION_INITIAL_DELAY =
      millis(
          "reconciliation_initial_delay",
          15_000,
          "how many milliseconds after it subscribed it compares with the master's view");
  static final Flag<Integer> RECONCILIATION_INTERVAL =
      millis(
          "reconciliation_interval",
          600_000,
          "how many milliseconds lie between two comparisons with the master's view");
  static final Flag<Integer> SCALE_APPS_INITIAL_DELAY =
      millis(
          "scale_apps_initial_delay",
          15_000,
          "how many milliseconds after it subscribed it looks whether apps have their instances");
  static final Flag<Integer> SCALE_APPS_INTERVAL =
      millis("scale_apps_interval", 300_000, "how many milliseconds lie between two such looks");
  static final Flag<Integer> TASK_LOST_EXPUNGE_INITIAL_DELAY =
      millis(
          "task_lost_expunge_initial_delay",
          300_000,
          "how many milliseconds after its start unreachable instances may be expunged");
  static final Flag<Integer> TASK_LOST_EXPUNGE_INTERVAL =
      millis(
          "task_lost_expunge_interval",
          30_000,
          "how many milliseconds lie between two looks for unreachable instances to expunge");
  static final Flag<Integer> MAX_RUNNING_DEPLOYMENTS =
      Flag.integer("max_running_deployments", 100, 1, 100_000, "how many deployments may run");
  static final Flag<Integer> MAX_APPS =
      new Flag<>(
          "max_apps",
          Flag.integer("max_apps", 1, 1, 10_000_000, "").parser(),
          Optional.empty(),
          false,
          "how many apps and pods there may be");

  /** Ours. */
  static final Flag<Integer> ROUTING_TIMEOUT =
      millis(
          "routing_timeout",
          30_000,
          "for how many milliseconds an instance waits until its route is confirmed or gone");

  /** Ours. */
  static final Flag<Integer> AUTOSCALE_INTERVAL =
      millis(
          "autoscale_interval",
          15_000,
          "how many milliseconds lie between two decisions on how many instances to have");

  /** In the order of {@code --help}. */
  static final List<Flag<?>> ALL =
      List.of(
          DECLINE_OFFER_DURATION,
          MIN_REVIVE_OFFERS_INTERVAL,
          SUPPRESS_OFFERS,
          DISABLE_SUPPRESS_OFFERS,
          MAINTENANCE_MODE,
          DISABLE_MAINTENANCE_MODE,
          DRAINING_SECONDS,
          GPU_SCHEDULING_BEHAVIOR,
          ACCEPTED_RESOURCE_ROLES_DEFAULT_BEHAVIOR,
          DEFAULT_ACCEPTED_RESOURCE_ROLES,
          NEW_GROUP_ENFORCE_ROLE,
          MAX_INSTANCES_PER_OFFER,
          LAUNCH_TOKENS,
          LAUNCH_TOKEN_REFRESH_INTERVAL,
          TASK_LAUNCH_TIMEOUT,
          TASK_LAUNCH_CONFIRM_TIMEOUT,
          TASK_RESERVATION_TIMEOUT,
          KILL_CHUNK_SIZE,
          KILL_RETRY_TIMEOUT,
          RECONCILIATION_INITIAL_DELAY,
          RECONCILIATION_INTERVAL,
          SCALE_APPS_INITIAL_DELAY,
          SCALE_APPS_INTERVAL,
          TASK_LOST_EXPUNGE_INITIAL_DELAY,
          TASK_LOST_EXPUNGE_INTERVAL,
          MAX_RUNNING_DEPLOYMENTS,
          MAX_APPS,
          ROUTING_TIMEOUT,
          AUTOSCALE_INTERVAL);

  private SchedulingFlags() {}

  /** What these flags say, put into the settings of the core. */
  static ServicesConfigBuilder into(ServicesConfigBuilder config, Flags flags) {
    return times(config, flags)
        .suppressOffers(flags.get(SUPPRESS_OFFERS) && !flags.get(DISABLE_SUPPRESS_OFFERS))
        .maintenanceMode(flags.get(MAINTENANCE_MODE) && !flags.get(DISABLE_MAINTENANCE_MODE))
        .drainingLead(Duration.ofSeconds(flags.get(DRAINING_SECONDS)))
        .gpuScheduling(flags.get(GPU_SCHEDULING_BEHAVIOR))
        .acceptedRoles(flags.get(ACCEPTED_RESOURCE_ROLES_DEFAULT_BEHAVIOR))
        .defaultAcceptedRoles(flags.find(DEFAULT_ACCEPTED_RESOURCE_ROLES).orElseGet(TreeSet::new))
        .newGroupRole(flags.get(NEW_GROUP_ENFORCE_ROLE))
        .instancesPerOfferMax(flags.get(MAX_INSTANCES_PER_OFFER))
        .launchTokens(flags.get(LAUNCH_TOKENS))
        .killsAtOnceMax(flags.get(KILL_CHUNK_SIZE))
        .deploymentsMax(flags.get(MAX_RUNNING_DEPLOYMENTS))
        .appsMax(flags.find(MAX_APPS).map(OptionalInt::of).orElse(OptionalInt.empty()));
  }

  private static ServicesConfigBuilder times(ServicesConfigBuilder config, Flags flags) {
    return config
        .declineDuration(duration(flags, DECLINE_OFFER_DURATION))
        .reviveIntervalMin(duration(flags, MIN_REVIVE_OFFERS_INTERVAL))
        .launchTokenRefresh(duration(flags, LAUNCH_TOKEN_REFRESH_INTERVAL))
        .launchTimeout(duration(flags, TASK_LAUNCH_TIMEOUT))
        .launchConfirmTimeout(duration(flags, TASK_LAUNCH_CONFIRM_TIMEOUT))
        .reservationTimeout(duration(flags, TASK_RESERVATION_TIMEOUT))
        .killRetryInterval(duration(flags, KILL_RETRY_TIMEOUT))
        .reconciliationDelay(duration(flags, RECONCILIATION_INITIAL_DELAY))
        .reconciliationInterval(duration(flags, RECONCILIATION_INTERVAL))
        .scaleCheckDelay(duration(flags, SCALE_APPS_INITIAL_DELAY))
        .scaleCheckInterval(duration(flags, SCALE_APPS_INTERVAL))
        .expungeDelay(duration(flags, TASK_LOST_EXPUNGE_INITIAL_DELAY))
        .expungeInterval(duration(flags, TASK_LOST_EXPUNGE_INTERVAL))
        .routingTimeout(duration(flags, ROUTING_TIMEOUT))
        .autoscaleInterval(duration(flags, AUTOSCALE_INTERVAL));
  }

  private static Duration duration(Flags flags, Flag<Integer> millis) {
    return Duration.ofMillis(flags.get(millis));
  }

  /** Those that may be 0 are those where nothing would turn in circles. */
  private static Flag<Integer> millis(String name, int fallback, String help) {
    boolean mayBeZero = !name.endsWith("interval") || name.startsWith("min_");
    return Flag.integer(name, fallback, mayBeZero ? 0 : 1, Integer.MAX_VALUE, help);
  }

  /** One of the names of an enum, in lower case. */
  private static <E extends Enum<E>> Flag<E> word(
      String name, Class<E> words, E fallback, String help) {
    E[] all = words.getEnumConstants();
    return new Flag<>(
        name,
        text ->
            Arrays.stream(all)
                .filter(word -> ServicesFlags.lowerCase(word).equals(text.strip()))
                .findFirst()
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        Arrays.stream(all)
                            .map(ServicesFlags::lowerCase)
                            .collect(Collectors.joining(" or ")))),
        Optional.of(ServicesFlags.lowerCase(fallback)),
        false,
        help);
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
}

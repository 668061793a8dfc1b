package io.mesocosm.services.shell;

import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.services.ServicesConfig.EnforcedRole;
import io.mesocosm.services.ServicesConfig.GpuScheduling;
import io.mesocosm.services.ServicesConfigBuilder;
import io.mesocosm.services.matching.ResourceRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
  static final Flag<ResourceRules.Accepted> ACCEPTED_RESOURCE_ROLES_DEFAULT_BEHAVIOR =
      word(
          "accepted_resource_roles_default_behavior",
          ResourceRules.Accepted.class,
          ResourceRules.Accepted.ANY,
          "which resources apps and pods take that name no roles to accept: unreserved ones, those"
              + " reserved for their role, or both");
  static final Flag<EnforcedRole> NEW_GROUP_ENFORCE_ROLE =
      word(
          "new_group_enforce_role",
          EnforcedRole.class,
          EnforcedRole.OFF,
          "whether apps of new top-level groups must have the group's name as their role");
  static final Flag<Integer> MAX_INSTANCES_PER_OFFER =
      Flag.integer(
          "max_instances_per_offer", 5, 1, 10_000, "how many instances one offer is used for");
  static final Flag<Integer> TASK_LAUNCH_TIMEOUT =
      millis(
          "task_launch_timeout",
          300_000,
          "after how many milliseconds a task that does not run is ended");
  static final Flag<Integer> TASK_RESERVATION_TIMEOUT =
      millis(
          "task_reservation_timeout",
          20_000,
          "after how many milliseconds a reservation that no offer shows is made anew");
  static final Flag<Integer> KILL_RETRY_TIMEOUT =
      millis("kill_retry_timeout", 30_000, "after how many milliseconds a kill is sent again");
  static final Flag<Integer> RECONCILIATION_INTERVAL =
      millis(
          "reconciliation_interval",
          600_000,
          "how many milliseconds lie between two comparisons with the master's view");
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
          MAINTENANCE_MODE,
          DISABLE_MAINTENANCE_MODE,
          DRAINING_SECONDS,
          GPU_SCHEDULING_BEHAVIOR,
          ACCEPTED_RESOURCE_ROLES_DEFAULT_BEHAVIOR,
          NEW_GROUP_ENFORCE_ROLE,
          MAX_INSTANCES_PER_OFFER,
          TASK_LAUNCH_TIMEOUT,
          TASK_RESERVATION_TIMEOUT,
          KILL_RETRY_TIMEOUT,
          RECONCILIATION_INTERVAL,
          MAX_RUNNING_DEPLOYMENTS,
          MAX_APPS,
          ROUTING_TIMEOUT,
          AUTOSCALE_INTERVAL);

  private SchedulingFlags() {}

  /** What these flags say, put into the settings of the core. */
  static ServicesConfigBuilder into(ServicesConfigBuilder config, Flags flags) {
    return times(config, flags)
        .maintenanceMode(flags.get(MAINTENANCE_MODE) && !flags.get(DISABLE_MAINTENANCE_MODE))
        .drainingLead(Duration.ofSeconds(flags.get(DRAINING_SECONDS)))
        .gpuScheduling(flags.get(GPU_SCHEDULING_BEHAVIOR))
        .acceptedRoles(flags.get(ACCEPTED_RESOURCE_ROLES_DEFAULT_BEHAVIOR))
        .newGroupRole(flags.get(NEW_GROUP_ENFORCE_ROLE))
        .instancesPerOfferMax(flags.get(MAX_INSTANCES_PER_OFFER))
        .deploymentsMax(flags.get(MAX_RUNNING_DEPLOYMENTS))
        .appsMax(flags.find(MAX_APPS).map(OptionalInt::of).orElse(OptionalInt.empty()));
  }

  private static ServicesConfigBuilder times(ServicesConfigBuilder config, Flags flags) {
    return config
        .declineDuration(duration(flags, DECLINE_OFFER_DURATION))
        .reviveIntervalMin(duration(flags, MIN_REVIVE_OFFERS_INTERVAL))
        .launchTimeout(duration(flags, TASK_LAUNCH_TIMEOUT))
        .reservationTimeout(duration(flags, TASK_RESERVATION_TIMEOUT))
        .killRetryInterval(duration(flags, KILL_RETRY_TIMEOUT))
        .reconciliationInterval(duration(flags, RECONCILIATION_INTERVAL))
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
}

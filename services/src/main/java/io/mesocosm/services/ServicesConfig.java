package io.mesocosm.services;

import io.mesocosm.services.matching.ResourceRules;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings of {@link Services}; contracts/marathon-api.md §17 has their flags and defaults.
 *
 * @param frameworkName as shown by the master
 * @param user that tasks run as unless their app names one; empty for the master's choice
 * @param role of apps without a role
 * @param hostname of this process, as shown by the master
 * @param webUi where this process serves its console
 * @param principal that we authenticate as
 * @param failoverTimeout how long the master keeps our tasks without us
 * @param checkpoint whether tasks survive a restart of their agent
 * @param gpus whether to take part in the sharing of gpus
 * @param defaultNetwork of container networks that have no name
 * @param bridgeName of the bridge network for containers of the Mesos containerizer
 * @param environmentPrefix of HOST and PORT variables
 * @param servicePortMin first service port given out
 * @param servicePortMax last service port given out
 * @param newGroupRole whether new top-level groups enforce their role unless they say so themselves
 * @param acceptedRoles which resources apps and pods take that name no roles to accept
 * @param declineDuration for how long an offer that fits nothing is kept away
 * @param reviveIntervalMin between two calls for offers
 * @param maintenanceMode whether agents whose maintenance has begun, or begins within {@code
 *     drainingLead}, get no new instances
 * @param drainingLead how long before its maintenance an agent gets no new instances
 * @param gpuScheduling which apps may use agents with gpus
 * @param instancesPerOfferMax how many instances one offer may be used for
 * @param launchTimeout after which an instance that does not run yet is ended
 * @param reservationTimeout after which a reservation that no offer has shown is made anew
 * @param killRetryInterval between two kills of the same instance
 * @param reconciliationInterval between two comparisons with the master's view
 * @param routingTimeout for how long an instance waits for the consumers of its route: to confirm
 *     it when it is new, to let go of it before it is ended
 * @param autoscaleInterval between two decisions on how many instances an app is to have
 * @param deploymentsMax how many may run at once
 * @param appsMax how many apps and pods there may be; no limit when empty
 * @param versionsMax how many definitions of an app are kept
 */
public record ServicesConfig(
    String frameworkName,
    String user,
    String role,
    String hostname,
    Optional<String> webUi,
    Optional<String> principal,
    Duration failoverTimeout,
    boolean checkpoint,
    boolean gpus,
    Optional<String> defaultNetwork,
    String bridgeName,
    String environmentPrefix,
    int servicePortMin,
    int servicePortMax,
    EnforcedRole newGroupRole,
    ResourceRules.Accepted acceptedRoles,
    Duration declineDuration,
    Duration reviveIntervalMin,
    boolean maintenanceMode,
    Duration drainingLead,
    GpuScheduling gpuScheduling,
    int instancesPerOfferMax,
    Duration launchTimeout,
    Duration reservationTimeout,
    Duration killRetryInterval,
    Duration reconciliationInterval,
    Duration routingTimeout,
    Duration autoscaleInterval,
    int deploymentsMax,
    OptionalInt appsMax,
    int versionsMax) {
  /** Who may use an agent that has gpus. */
  public enum GpuScheduling {
    /** Apps that ask for gpus, and those that are bound to the agent by a volume. */
    RESTRICTED,
    /** Every app. */
    UNRESTRICTED
  }

  /** Which role the apps of a new group must have. */
  public enum EnforcedRole {
    /** Any. */
    OFF,
    /** The name of the top-level group. */
    TOP
  }

  public ServicesConfig {
    if (servicePortMin < 1 || servicePortMax > 65535 || servicePortMin > servicePortMax) {
      throw new IllegalArgumentException(
          "service ports "
              + servicePortMin
              + " to "
              + servicePortMax
              + " must be within 1 to 65535, and not end before they begin");
    }
  }

  /** The defaults of §17, for tests and as a start. */
  public static ServicesConfig defaults() {
    return new ServicesConfigBuilder().build();
  }

  /** To make one that differs in some settings. */
  public ServicesConfigBuilder but() {
    return new ServicesConfigBuilder(this);
  }

  /** What apps and pods may take of offers. */
  ResourceRules resourceRules() {
    return new ResourceRules(role, acceptedRoles, gpuScheduling == GpuScheduling.RESTRICTED);
  }
}

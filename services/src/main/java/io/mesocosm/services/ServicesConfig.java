package io.mesocosm.services;

import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

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
 * @param features what {@code --enable_features} asks for
 * @param executor of apps that name none: {@code //cmd} for the agent's own, or a path
 * @param defaultNetwork of container networks that have no name
 * @param bridgeName of the bridge network for containers of the Mesos containerizer
 * @param environmentPrefix of HOST and PORT variables
 * @param servicePortMin first service port given out
 * @param servicePortMax last service port given out
 * @param newGroupRole whether new top-level groups enforce their role unless they say so themselves
 * @param acceptedRoles which resources apps take that name no roles to accept
 * @param defaultAcceptedRoles older than the above, which it overrides unless empty: resource roles
 *     that apps accept that name none
 * @param declineDuration for how long an offer that fits nothing is kept away
 * @param reviveIntervalMin between two calls for offers
 * @param suppressOffers whether offers are called off while nothing waits for any
 * @param maintenanceMode whether agents whose maintenance has begun, or begins within {@code
 *     drainingLead}, get no new instances
 * @param drainingLead how long before its maintenance an agent gets no new instances
 * @param gpuScheduling which apps may use agents with gpus
 * @param instancesPerOfferMax how many instances one offer may be used for
 * @param launchTokens how many launches may be without their first status update, refilled every
 *     {@code launchTokenRefresh}
 * @param launchTokenRefresh between two refills
 * @param launchConfirmTimeout after which a launch that nobody has confirmed is taken for lost
 * @param launchTimeout after which an instance that does not run yet is ended
 * @param reservationTimeout after which a reservation that no offer has shown is made anew
 * @param killRetryInterval between two kills of the same instance
 * @param killsAtOnceMax how many kills may wait for their end
 * @param reconciliationDelay from the subscription to the first comparison with the master's view
 * @param reconciliationInterval between two comparisons with the master's view
 * @param scaleCheckDelay from the subscription to the first look at whether every app has its
 *     instances
 * @param scaleCheckInterval between two of these looks
 * @param expungeDelay from the start to the first look for unreachable instances to be expunged
 * @param expungeInterval between two of these looks
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
    SortedSet<Feature> features,
    String executor,
    Optional<String> defaultNetwork,
    String bridgeName,
    String environmentPrefix,
    int servicePortMin,
    int servicePortMax,
    EnforcedRole newGroupRole,
    AcceptedRoles acceptedRoles,
    SortedSet<String> defaultAcceptedRoles,
    Duration declineDuration,
    Duration reviveIntervalMin,
    boolean suppressOffers,
    boolean maintenanceMode,
    Duration drainingLead,
    GpuScheduling gpuScheduling,
    int instancesPerOfferMax,
    int launchTokens,
    Duration launchTokenRefresh,
    Duration launchConfirmTimeout,
    Duration launchTimeout,
    Duration reservationTimeout,
    Duration killRetryInterval,
    int killsAtOnceMax,
    Duration reconciliationDelay,
    Duration reconciliationInterval,
    Duration scaleCheckDelay,
    Duration scaleCheckInterval,
    Duration expungeDelay,
    Duration expungeInterval,
    Duration routingTimeout,
    Duration autoscaleInterval,
    int deploymentsMax,
    OptionalInt appsMax,
    int versionsMax) {
  /** What may be asked for beyond what everybody gets. */
  public enum Feature {
    /** Names for addresses; always on, as labels are passed on in any case. */
    VIPS,
    /** Always on: tasks say that they are being killed. */
    TASK_KILLING,
    /** Volumes of storage providers outside the cluster. */
    EXTERNAL_VOLUMES,
    /** Secrets in environments and volumes, for agents that can resolve them. */
    SECRETS,
    /** Apps that ask for gpus. */
    GPU_RESOURCES,
    /** Always on; {@link ServicesConfig#maintenanceMode} says whether maintenance counts. */
    MAINTENANCE_MODE
  }

  /** Who may use an agent that has gpus. */
  public enum GpuScheduling {
    /** Apps that ask for gpus, and those that are bound to the agent by a volume. */
    RESTRICTED,
    /** Every app. */
    UNRESTRICTED
  }

  /** Resources of which reservation an app takes. */
  public enum AcceptedRoles {
    /** Reserved for its role, and unreserved ones. */
    ANY,
    /** Unreserved ones only. */
    UNRESERVED,
    /** Those reserved for its role only. */
    RESERVED
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
    features = Collections.unmodifiableSortedSet(new TreeSet<>(features));
    defaultAcceptedRoles = Collections.unmodifiableSortedSet(new TreeSet<>(defaultAcceptedRoles));
  }

  /** The defaults of §17, for tests and as a start. */
  public static ServicesConfig defaults() {
    return new ServicesConfigBuilder().build();
  }

  /** To make one that differs in some settings. */
  public ServicesConfigBuilder but() {
    return new ServicesConfigBuilder(this);
  }

  public boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** Whether to take part in the sharing of gpus. */
  public boolean gpus() {
    return has(Feature.GPU_RESOURCES);
  }
}
